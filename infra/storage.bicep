// What the line remembers, what waits in its queues, and the package it runs. Reached by identity only.
@description('Name of the account.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Whether it is closed to the internet.')
param isPrivate bool

@description('Whether it keeps its three copies in three zones.')
param isZoneRedundant bool

@description('Workspace that keeps the logs of writes.')
param workspaceId string

// The code names these; tests/infra compares both lists.
var tables = [
  'messages'
  'messagesbytime'
  'messagesbyperson'
  'calls'
  'callsbytime'
  'callsbyperson'
  'conferences'
  'lists'
  'relays'
  'reconcile'
  'forgotten'
  'outgoing'
  'idempotency'
  'optouts'
  'limits'
  'verifications'
  'broadcasts'
  'batches'
  'recipients'
]
var queues = ['broadcasts']
var packageContainer = 'package'
// The host keeps keys in the one, locks and times of timers in the other; it would make them, had it a role for that.
var hostContainers = [
  'azure-webjobs-secrets'
  'azure-webjobs-hosts'
]

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: isZoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    // Else open to the internet, closed to everyone without a role: a private network costs more than the line.
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource package 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: packageContainer
  properties: { publicAccess: 'None' }
}

resource hosts 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [
  for name in hostContainers: {
    parent: blobs
    name: name
    properties: { publicAccess: 'None' }
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = [
  for name in tables: {
    parent: tableService
    name: name
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [
  for name in queues: {
    parent: queueService
    name: name
  }
]

resource poison 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [
  for name in queues: {
    parent: queueService
    name: '${name}-poison'
  }
]

// Who changed the package: rare, so it costs next to nothing. Reads, tables and queues would cost more than they tell.
resource blobLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'writes'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageWrite'
        enabled: true
      }
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
  }
}

@description('Name of the account.')
output name string = account.name

@description('Containers that the host reads and writes.')
output hostContainers array = hostContainers

@description('Container of the package.')
output packageContainer string = package.name

@description('Where the package of the app lies.')
output packageContainerUrl string = '${account.properties.primaryEndpoints.blob}${packageContainer}'
