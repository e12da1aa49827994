"""What the functions share; all of it is deployed."""
