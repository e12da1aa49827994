// What the resource group may cost in a month before somebody is told.
@description('Amount for a month, in the currency of the subscription.')
param amount int

@description('First day; the first of a month, and the same in every deployment: Azure refuses to change it. Empty for that of the month in which the account was made.')
param start string

@description('Storage account of the line.')
param storageName string

@description('Who is told beside the owners of the resource group, or empty.')
param ownerEmail string

var emails = empty(ownerEmail) ? [] : [ownerEmail]

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: 'line'
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: empty(start) ? dateTimeAdd(storage.properties.creationTime, 'PT0S', 'yyyy-MM-01') : start }
    notifications: {
      spent80: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: emails
        contactRoles: ['Owner']
      }
      forecast100: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emails
        contactRoles: ['Owner']
      }
    }
  }
}
