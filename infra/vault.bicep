// The secrets of the line. They come in by secure parameters, are read by the app alone, and never come out here.
@description('Name of the vault.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Whether it is closed to the internet.')
param isPrivate bool

@description('Workspace that keeps who read what.')
param workspaceId string

@description('The Twilio auth token; empty leaves the one that is there.')
@secure()
param twilioAuthToken string

@description('The next Twilio auth token; empty leaves the one that is there.')
@secure()
param twilioAuthTokenSecondary string

@description('The secret of the Twilio API key; empty leaves the one that is there.')
@secure()
param twilioApiKeySecret string

@description('What the action group proves itself to the line with.')
@secure()
param alertToken string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: 7
    // Else open to the internet, closed to everyone without a role, as the storage account is.
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
    }
  }
}

resource authToken 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(twilioAuthToken)) {
  parent: vault
  name: 'twilio-auth-token'
  properties: {
    value: twilioAuthToken
    contentType: 'text/plain'
  }
}

resource authTokenSecondary 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(twilioAuthTokenSecondary)) {
  parent: vault
  name: 'twilio-auth-token-secondary'
  properties: {
    value: twilioAuthTokenSecondary
    contentType: 'text/plain'
  }
}

resource apiKeySecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(twilioApiKeySecret)) {
  parent: vault
  name: 'twilio-api-key-secret'
  properties: {
    value: twilioApiKeySecret
    contentType: 'text/plain'
  }
}

// Of its versions the app is given that of this deployment; of the others it reads the newest.
resource alertTokenSecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'alert-token'
  properties: {
    value: alertToken
    contentType: 'text/plain'
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
  }
}

@description('Name of the vault.')
output name string = vault.name

@description('Where the app finds the token of alerts, in the version of this deployment.')
output alertTokenUri string = alertTokenSecret.properties.secretUriWithVersion

@description('Address of the vault, with a slash at the end.')
output uri string = vault.properties.vaultUri
