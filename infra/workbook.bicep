// The line at a glance: calls, texts, failures, latency, cost.
@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Application Insights resource that the workbook reads.')
param applicationInsightsId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'line')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Ahoy: the line'
    category: 'workbook'
    sourceId: applicationInsightsId
    serializedData: replace(loadTextContent('workbook.json'), '{applicationInsights}', applicationInsightsId)
  }
}
