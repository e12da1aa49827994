// For the Azure CLI and the workflow. Values come from the environment, so that no secret ever stands in a file.
using './main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'ahoy')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param twilioAccountSid = readEnvironmentVariable('TWILIO_ACCOUNT_SID', '')
param twilioAuthToken = readEnvironmentVariable('TWILIO_AUTH_TOKEN', '')
param twilioAuthTokenSecondary = readEnvironmentVariable('TWILIO_AUTH_TOKEN_SECONDARY', '')
param isRotatingToken = bool(readEnvironmentVariable('AHOY_ROTATING_TOKEN', 'false'))
param twilioApiKeySid = readEnvironmentVariable('TWILIO_API_KEY_SID', '')
param twilioApiKeySecret = readEnvironmentVariable('TWILIO_API_KEY_SECRET', '')
param twilioPhoneNumber = readEnvironmentVariable('TWILIO_PHONE_NUMBER', '')
param twilioMessagingServiceSid = readEnvironmentVariable('TWILIO_MESSAGING_SERVICE_SID', '')
param twilioTwimlAppSid = readEnvironmentVariable('TWILIO_TWIML_APP_SID', '')
param publicBaseUrl = readEnvironmentVariable('PUBLIC_BASE_URL', '')
param alwaysReadyInstances = int(readEnvironmentVariable('AHOY_ALWAYS_READY', '0'))
param ownerEmail = readEnvironmentVariable('AHOY_OWNER_EMAIL', '')
param ownerPhoneCountryCode = readEnvironmentVariable('AHOY_OWNER_PHONE_COUNTRY_CODE', '')
param ownerPhoneNumber = readEnvironmentVariable('AHOY_OWNER_PHONE_NUMBER', '')
