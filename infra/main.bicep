// A phone line in a resource group of its own. Every module is one concern; this file says only how they meet.
targetScope = 'subscription'

@description('Name of this line among others in the subscription; goes into the names of its resources.')
@minLength(1)
@maxLength(20)
param environmentName string

// As the samples of Azure Functions have them in 2026. A newer one may be added: the command lists them as they are today.
@description('Azure region, one of those with Flex Consumption: `az functionapp list-flexconsumption-locations`.')
@allowed([
  'australiaeast'
  'australiasoutheast'
  'brazilsouth'
  'canadacentral'
  'centralindia'
  'centralus'
  'eastasia'
  'eastus'
  'eastus2'
  'francecentral'
  'germanywestcentral'
  'italynorth'
  'japaneast'
  'koreacentral'
  'northcentralus'
  'northeurope'
  'norwayeast'
  'southafricanorth'
  'southcentralus'
  'southeastasia'
  'southindia'
  'spaincentral'
  'swedencentral'
  'uaenorth'
  'uksouth'
  'ukwest'
  'westcentralus'
  'westeurope'
  'westus'
  'westus2'
  'westus3'
])
@metadata({
  azd: {
    type: 'location'
    default: 'westeurope'
  }
})
param location string

@description('Resource group that is made for the line.')
param resourceGroupName string = 'rg-${environmentName}'

@description('The Twilio account, AC and 32 hex digits. Not secret: it stands in every webhook.')
param twilioAccountSid string = ''

@description('The Twilio auth token. It goes into the vault and nowhere else; empty leaves the one that is there.')
@secure()
param twilioAuthToken string = ''

@description('The next Twilio auth token while one is being rotated. Empty leaves the one that is there.')
@secure()
param twilioAuthTokenSecondary string = ''

@description('Whether the app accepts the secondary auth token too. Set back to false when a rotation is over.')
param isRotatingToken bool = false

@description('A Twilio API key, SK and 32 hex digits, used for REST calls instead of the auth token. Optional.')
param twilioApiKeySid string = ''

@description('The secret of that API key. It goes into the vault and nowhere else; empty leaves the one that is there.')
@secure()
param twilioApiKeySecret string = ''

@description('The number of the line in E.164, such as +12025550100.')
param twilioPhoneNumber string = ''

@description('A Twilio messaging service, MG and 32 hex digits. Optional.')
param twilioMessagingServiceSid string = ''

@description('A TwiML app for calls from browsers, AP and 32 hex digits. Optional.')
param twilioTwimlAppSid string = ''

@description('Where the REST API of Twilio is, for an account in another region of Twilio. Empty for the usual address.')
param twilioApiBaseUrl string = ''

@description('Address that Twilio calls, such as https://ahoy.example.com behind Front Door. Empty for that of the app.')
param publicBaseUrl string = ''

@description('Flow file, a path from the root of the package.')
param flowFile string = 'flow.yaml'

@description('Days for which messages and calls are kept; 0 keeps them for ever.')
@minValue(0)
@maxValue(36500)
param retentionDays int = 0

@description('Countries that may be called and texted, such as US,CA; empty for the country of the number.')
param countries string = ''

@description('Calls and texts to one person in an hour: enough for a conversation, too few to annoy.')
@minValue(0)
param personHourlyLimit int = 10

@description('Calls and texts of the line in an hour: what leaks through a stolen key before somebody looks.')
@minValue(0)
param hourlyLimit int = 1000

@description('Calls and texts of the line in a day: the most that a day can cost.')
@minValue(0)
param dailyLimit int = 5000

@description('Whether storage and vault are closed to the internet and reached through a private network. About 31 USD a month. The deployment\'s own commands go on working; tools that read tables or secrets must run inside the network.')
param isNetworkPrivate bool = false

@description('First three of the four numbers of the addresses in the private network. They matter only where it is joined to another one.')
param networkAddressPrefix string = '10.80.0'

@description('Whether the line goes on while a zone of the region is down. Storage is then in three zones (about a quarter dearer), and Azure keeps two warm instances for what is called and two for each timer and queue: with 2048 MB about 170 USD a month. To be chosen with the first deployment; `az functionapp list-flexconsumption-locations --zone-redundant true` lists the regions.')
param isZoneRedundant bool = false

@description('Whether whoever deploys may read and change records, queues, package and secrets with tools of their own. The app does not need it.')
param isDeployerGivenData bool = false

@description('Object id of whoever deploys, who is given that; azd knows it.')
param principalId string = ''

@description('What whoever deploys is.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param principalType string = 'User'

@description('Memory of an instance in MB. 2048 comes with one core: imports, and so the first answer, take seconds with 512 and its quarter of a core.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances that are always warm, billed around the clock. 0 costs nothing at rest and lets the first caller after a quiet while wait for a cold start; 1 keeps the line at the ready.')
@minValue(0)
@maxValue(10)
param alwaysReadyInstances int = 0

@description('Most instances at once that Azure adds, of webhooks, timer and broadcasts each; always ready ones come on top, and a burst of requests may go beyond. 40 answer 640 webhooks at the same moment. It bounds roughly what an attack can cost: the budget tells of it, and stops nothing.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Webhooks that one instance answers at once before Azure adds another. They wait for storage and Twilio rather than compute, so 16 share a core well. At most the threads, else requests queue inside the worker.')
@minValue(1)
@maxValue(32)
param httpConcurrency int = 16

@description('Threads of the Python worker. Without it Python makes about five on one core, and the sixth caller waits.')
@minValue(1)
@maxValue(32)
param workerThreads int = 32

@description('E-mail address that alerts and the budget write to. Empty: alerts show in the portal only.')
param ownerEmail string = ''

@description('Country code of the phone that alerts text, such as 1. Azure sends these texts itself, so that they arrive when the line is down.')
param ownerPhoneCountryCode string = ''

@description('Phone number that alerts text, without its country code. Empty for none.')
param ownerPhoneNumber string = ''

@description('Number in E.164 that the line itself texts when an alert is raised. Empty for none. Set the e-mail address too: a line that is down cannot text.')
param alertNumber string = ''

@description('What the action group proves itself to the line with. Made anew by each deployment, known to nobody; nothing is gained by setting it.')
@secure()
param alertToken string = newGuid()

@description('Slowest webhook in 20 that is still fine, in ms. Twilio gives up after 15,000; a caller grows uneasy long before.')
param webhookP95Ms int = 5000

@description('Refused webhooks in five minutes that raise an alert: more than a scanner leaves, as a wrong token or address makes. Each instance writes 30 a minute and counts the rest.')
@maxValue(100)
param refusedBurst int = 20

@description('Calls and texts asked of the line cost about this much each, in cents; for the alert and the workbook, not an invoice.')
param centsPerCallOrText int = 2

@description('Estimated spend at Twilio in 24 hours, in whole units of currency, that raises an alert.')
param dailySpend int = 20

@description('Spend at Azure in a month, in the currency of the subscription, that the budget warns about. 0 for no budget: Azure refuses one to sponsored, students\' and resellers\' subscriptions.')
param monthlyBudget int = 25

@description('A window in which the timer reconcile must have run, at least twice its period, such as PT15M.')
param reconcileWindow string = 'PT15M'

@description('First day of the budget, such as 2026-11-01. Empty for the month in which the line was made; Azure lets no budget change it later. Set it to the current month to add a budget to an older line.')
param budgetStart string = ''

var token = toLower(uniqueString(subscription().id, environmentName, location))
var networkName = 'vnet-ahoy-${token}'
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module identity 'identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-ahoy-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
  }
}

module storage 'storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'ahoy${token}'
    location: location
    tags: tags
    isPrivate: isNetworkPrivate
    isZoneRedundant: isZoneRedundant
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: 'ahoy-${token}'
    location: location
    tags: tags
    isPrivate: isNetworkPrivate
    workspaceId: monitoring.outputs.workspaceId
    twilioAuthToken: twilioAuthToken
    twilioAuthTokenSecondary: twilioAuthTokenSecondary
    twilioApiKeySecret: twilioApiKeySecret
    alertToken: alertToken
  }
}

module roles 'roles.bicep' = {
  name: 'roles'
  scope: group
  params: {
    principalId: identity.outputs.principalId
    storageName: storage.outputs.name
    hostContainers: storage.outputs.hostContainers
    packageContainer: storage.outputs.packageContainer
    vaultName: vault.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
  }
}

module deployer 'deployer.bicep' = if (isDeployerGivenData && !empty(principalId)) {
  name: 'deployer'
  scope: group
  params: {
    principalId: principalId
    principalType: principalType
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
  }
}

module network 'network.bicep' = if (isNetworkPrivate) {
  name: 'network'
  scope: group
  params: {
    name: networkName
    location: location
    tags: tags
    addressPrefix: networkAddressPrefix
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
  }
}

module app 'app.bicep' = {
  name: 'app'
  scope: group
  // The first start reads storage and the vault: without its roles, or the way there, it fails, and that is remembered.
  dependsOn: [roles, network]
  params: {
    name: 'ahoy-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    packageContainerUrl: storage.outputs.packageContainerUrl
    vaultUri: vault.outputs.uri
    networkName: isNetworkPrivate ? networkName : ''
    isZoneRedundant: isZoneRedundant
    applicationInsightsConnection: monitoring.outputs.connection
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyInstances: alwaysReadyInstances
    maximumInstances: maximumInstances
    httpConcurrency: httpConcurrency
    workerThreads: workerThreads
    twilioAccountSid: twilioAccountSid
    isRotatingToken: isRotatingToken
    twilioApiKeySid: twilioApiKeySid
    twilioPhoneNumber: twilioPhoneNumber
    twilioMessagingServiceSid: twilioMessagingServiceSid
    twilioTwimlAppSid: twilioTwimlAppSid
    twilioApiBaseUrl: twilioApiBaseUrl
    publicBaseUrl: publicBaseUrl
    flowFile: flowFile
    retentionDays: retentionDays
    countries: countries
    personHourlyLimit: personHourlyLimit
    hourlyLimit: hourlyLimit
    dailyLimit: dailyLimit
    alertNumber: alertNumber
    alertTokenUri: vault.outputs.alertTokenUri
  }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    storageName: storage.outputs.name
    ownerEmail: ownerEmail
    ownerPhoneCountryCode: ownerPhoneCountryCode
    ownerPhoneNumber: ownerPhoneNumber
    alertNumber: alertNumber
    alertToken: alertToken
    appUrl: app.outputs.url
    webhookP95Ms: webhookP95Ms
    refusedBurst: refusedBurst
    centsPerCallOrText: centsPerCallOrText
    dailySpend: dailySpend
    reconcileWindow: reconcileWindow
  }
}

module workbook 'workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
  }
}

module budget 'budget.bicep' = if (monthlyBudget > 0) {
  name: 'budget'
  scope: group
  params: {
    amount: monthlyBudget
    start: budgetStart
    storageName: storage.outputs.name
    ownerEmail: ownerEmail
  }
}

@description('Resource group of the line; dev.py deploy asks for it.')
output AHOY_RESOURCE_GROUP string = group.name

@description('Name of the function app; dev.py deploy asks for it.')
output AHOY_APP string = app.outputs.name

@description('Address of the app as Azure gives it.')
output AHOY_URL string = app.outputs.url

@description('Vault that holds the secrets of the line.')
output AHOY_VAULT string = vault.outputs.name
