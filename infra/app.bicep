// The function app on Flex Consumption, and every setting it has: writing settings replaces all that are there.
@description('Name of the app; at most 32 characters, beyond which hosts are mistaken for each other.')
@maxLength(32)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the identity.')
param identityId string

@description('Client id of the identity.')
param identityClientId string

@description('Storage account of the host and of the line.')
param storageName string

@description('Container that holds the package.')
param packageContainerUrl string

@description('Address of the vault, with a slash at the end.')
param vaultUri string

@description('Where telemetry goes.')
param applicationInsightsConnection string

@description('Memory of an instance in MB.')
param instanceMemoryMB int

@description('Instances that are always warm.')
param alwaysReadyInstances int

@description('Most instances at once.')
param maximumInstances int

@description('Webhooks that one instance answers at once.')
param httpConcurrency int

@description('Threads of the Python worker.')
param workerThreads int

@description('The Twilio account.')
param twilioAccountSid string

@description('Whether the secondary auth token is accepted too.')
param isRotatingToken bool

@description('A Twilio API key, or empty.')
param twilioApiKeySid string

@description('The number of the line.')
param twilioPhoneNumber string

@description('A Twilio messaging service, or empty.')
param twilioMessagingServiceSid string

@description('A TwiML app, or empty.')
param twilioTwimlAppSid string

@description('Where the REST API of Twilio is, or empty.')
param twilioApiBaseUrl string

@description('Address that Twilio calls, or empty for that of the app.')
param publicBaseUrl string

@description('Flow file.')
param flowFile string

@description('Days for which messages and calls are kept; 0 keeps them for ever.')
param retentionDays int

@description('Countries that may be called and texted.')
param countries string

@description('Calls and texts to one person in an hour.')
param personHourlyLimit int

@description('Calls and texts of the line in an hour.')
param hourlyLimit int

@description('Calls and texts of the line in a day.')
param dailyLimit int

@description('Number that alerts text through the line, or empty.')
param alertNumber string

@description('Where the token of alerts is.')
param alertTokenUri string

var alwaysReady = alwaysReadyInstances > 0 ? [alwaysReadyInstances] : []
// A reference to a secret that is not there would leave its own text in the setting: optional ones are empty instead.
var secondaryTokenReference = '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/twilio-auth-token-secondary)'
var apiKeyReference = '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/twilio-api-key-secret)'

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'line' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId // the property of the same name in siteConfig is ignored
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: [
          for count in alwaysReady: {
            name: 'http'
            instanceCount: count
          }
        ]
        triggers: {
          http: { perInstanceConcurrency: httpConcurrency }
        }
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__accountName: storageName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnection
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    AzureWebJobsDisableHomepage: 'true'
    PYTHON_THREADPOOL_THREAD_COUNT: string(workerThreads)
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '5242880' // bytes; without it the host keeps 100 MB of anybody's in memory
    TWILIO_ACCOUNT_SID: twilioAccountSid
    TWILIO_AUTH_TOKEN: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/twilio-auth-token)'
    TWILIO_AUTH_TOKEN_SECONDARY: isRotatingToken ? secondaryTokenReference : ''
    TWILIO_API_KEY_SID: twilioApiKeySid
    TWILIO_API_KEY_SECRET: empty(twilioApiKeySid) ? '' : apiKeyReference
    TWILIO_PHONE_NUMBER: twilioPhoneNumber
    TWILIO_MESSAGING_SERVICE_SID: twilioMessagingServiceSid
    TWILIO_TWIML_APP_SID: twilioTwimlAppSid
    TWILIO_API_BASE_URL: twilioApiBaseUrl
    PUBLIC_BASE_URL: empty(publicBaseUrl) ? 'https://${app.properties.defaultHostName}' : publicBaseUrl
    AHOY_FLOW: flowFile
    AHOY_RETENTION_DAYS: retentionDays == 0 ? '' : string(retentionDays)
    AHOY_COUNTRIES: countries
    AHOY_PERSON_HOURLY_LIMIT: string(personHourlyLimit)
    AHOY_HOURLY_LIMIT: string(hourlyLimit)
    AHOY_DAILY_LIMIT: string(dailyLimit)
    AHOY_ALERT_NUMBER: alertNumber
    // Another version with each deployment: a setting that changes makes Azure read all secrets anew, not within a day.
    AHOY_ALERT_TOKEN: '@Microsoft.KeyVault(SecretUri=${alertTokenUri})'
  }
}

// Deployments sign in as a person or a workflow; a password for the app would only be one more thing to lose.
resource scmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource ftpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

@description('Name of the app.')
output name string = app.name

@description('Address of the app; new apps get a host name that cannot be built from their name.')
output url string = 'https://${app.properties.defaultHostName}'
