// Who the app is: one identity, so that its roles are known before the app exists.
@description('Name of the identity.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id, as the app is given it.')
output id string = identity.id

@description('Client id, as settings name it.')
output clientId string = identity.properties.clientId

@description('Principal id, as role assignments name it.')
output principalId string = identity.properties.principalId
