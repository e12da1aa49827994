@echo off
rem Runs dev.py beside this file, from any folder: path\to\ahoy start
rem "-3": else the launcher takes the python3 that dev.py's first line names, which may be the Store's placeholder.
where /q py
if errorlevel 1 goto python
py -3 "%~dp0dev.py" %*
exit /b %errorlevel%
:python
python "%~dp0dev.py" %*
exit /b %errorlevel%
