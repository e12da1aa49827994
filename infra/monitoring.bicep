// What the app did: one workspace, and Application Insights that writes into it for identities only.
@description('Unique part of the names.')
param token string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Days that logs are kept. The first 31 are free of charge; they hold SIDs and shortened numbers, so no longer than needed.')
param retentionDays int = 30

@description('Most log data in a day, in GB. A loop that logs must not cost more than the line.')
param dailyCapGb int = 1

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-ahoy-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyCapGb }
  }
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-ahoy-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true // the connection string alone lets nobody write
  }
}

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('Name of the Application Insights resource.')
output applicationInsightsName string = applicationInsights.name

@description('Resource id of the Application Insights resource.')
output applicationInsightsId string = applicationInsights.id

@description('Where telemetry goes. An address: with local authentication off, the key in it opens nothing.')
output connection string = applicationInsights.properties.ConnectionString
