// Who is told when the line is unwell. Azure sends the e-mail itself: a text through the line is missing exactly when
// the line is down, so it comes beside it.
@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Application Insights resource that the alerts read.')
param applicationInsightsId string

@description('Storage account of the line.')
param storageName string

@description('E-mail address, or empty.')
param ownerEmail string

@description('Country code of the phone, such as 1.')
param ownerPhoneCountryCode string

@description('Phone number without its country code, or empty.')
param ownerPhoneNumber string

@description('Number that the line itself texts, or empty.')
param alertNumber string

@description('What the action group proves itself to the line with. It opens nothing but a text to the owner, so it may stand in the address, where whoever may read the action group sees it; a function key would open everything.')
@secure()
param alertToken string

@description('Address of the app.')
param appUrl string

@description('Slowest webhook in 20 that is still fine, in ms.')
param webhookP95Ms int

@description('Refused webhooks in five minutes that raise an alert.')
param refusedBurst int

@description('What a call or text costs, about, in cents.')
param centsPerCallOrText int

@description('Estimated spend at Twilio in 24 hours that raises an alert.')
param dailySpend int

@description('Window in which the timer reconcile must have run, or empty.')
param reconcileWindow string

// Functions by name, as telemetry names them; tests/infra compares them with function_app.py.
var webhooks = '"voice", "voice_scene", "voice_step", "sms", "call_status", "message_status", "recording_status", "verification_status"'

// Each query gives one row with one number, `value`, and the alert is raised above `threshold`. {made} is when the line
// was made: in its first hour it may wait for its package, and is neither silent nor broken.
var rules = [
  {
    name: 'slow'
    severity: 2
    window: 'PT5M'
    every: 'PT5M'
    threshold: webhookP95Ms
    text: 'Webhooks are slow: 95 in 100 should be answered faster. A caller hears silence meanwhile. The wait for a cold start is not in it: the clock starts when the app has the request.'
    query: 'requests | where name in (${webhooks}) | summarize value = percentile(duration, 95)'
  }
  {
    name: 'failed'
    severity: 1
    window: 'PT5M'
    every: 'PT5M'
    threshold: 0
    text: 'Webhooks failed: a caller or texter heard an apology, or Twilio got an error.'
    query: 'union (requests | where name in (${webhooks}) and toint(resultCode) >= 500), (traces | where operation_Name in (${webhooks}) and severityLevel >= 3), (exceptions | where operation_Name in (${webhooks})) | summarize value = dcount(operation_Id)'
  }
  {
    name: 'refused'
    severity: 1
    window: 'PT5M'
    every: 'PT5M'
    threshold: refusedBurst
    text: 'Many webhooks were refused: a wrong auth token, a wrong PUBLIC_BASE_URL, or somebody is trying the door.'
    query: 'traces | where operation_Name in (${webhooks}) and message startswith "refused " | summarize value = count()'
  }
  {
    name: 'poison'
    severity: 1
    window: 'PT5M'
    every: 'PT5M'
    threshold: 0
    text: 'A queue message failed five times: a part of a broadcast is stuck.'
    query: 'traces | where message startswith "Message has reached MaxDequeueCount" or message startswith "a message of a broadcast failed too often" | summarize value = count()'
  }
  {
    name: 'empty'
    severity: 0
    window: 'PT5M'
    every: 'PT5M'
    threshold: 0
    text: 'The host found no functions: the package is broken, every address answers 404.'
    // Not "0 functions found": the host's provider of proxies finds none at each start, on every app.
    query: 'traces | where timestamp > todatetime("{made}") + 1h and (message startswith "No job functions found" or message startswith "0 functions loaded") | summarize value = count()'
  }
  {
    name: 'spend'
    severity: 2
    window: 'P1D'
    every: 'PT1H'
    threshold: dailySpend
    text: 'What left the line in 24 hours costs about this much at Twilio: API, broadcasts, replies, forwarded calls.'
    query: 'traces | where message startswith "left " and operation_Name != "reconcile_period" | parse message with "left " sid | summarize value = dcount(sid) * ${centsPerCallOrText} / 100.0'
  }
]

var emailAddresses = empty(ownerEmail) ? [] : [ownerEmail]
var phoneNumbers = empty(ownerPhoneNumber) ? [] : [ownerPhoneNumber]
var alertAddresses = empty(alertNumber) ? [] : ['${appUrl}/api/alerts']

resource owner 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ahoy-owner'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'ahoy'
    enabled: true
    emailReceivers: [
      for address in emailAddresses: {
        name: 'owner-mail'
        emailAddress: address
        useCommonAlertSchema: true
      }
    ]
    smsReceivers: [
      for number in phoneNumbers: {
        name: 'owner-phone'
        countryCode: ownerPhoneCountryCode
        phoneNumber: number
      }
    ]
    webhookReceivers: [
      for address in alertAddresses: {
        name: 'line'
        serviceUri: '${address}?token=${alertToken}'
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'ahoy-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Ahoy: ${rule.name}'
      description: rule.text
      severity: rule.severity
      enabled: true
      scopes: [applicationInsightsId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      autoMitigate: true
      skipQueryValidation: true // on the first deployment there are no tables yet; tests read the queries instead
      criteria: {
        allOf: [
          {
            query: replace(rule.query, '{made}', storage.properties.creationTime)
            metricMeasureColumn: 'value'
            timeAggregation: 'Maximum'
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: [owner.id] }
    }
  }
]

resource heartbeat 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = if (!empty(reconcileWindow)) {
  name: 'ahoy-heartbeat'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Ahoy: heartbeat'
    description: 'The timer reconcile has not run: what Twilio could not deliver is not being fetched.'
    severity: 2
    enabled: true
    scopes: [applicationInsightsId]
    evaluationFrequency: 'PT5M'
    windowSize: reconcileWindow
    autoMitigate: true
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'traces | where operation_Name == "reconcile" and (message startswith "reconcile done: " or message startswith "reconcile stopped for time, ") | summarize value = count() | extend value = iff(now() < todatetime("${storage.properties.creationTime}") + 1h, 1, value)'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: { actionGroups: [owner.id] }
  }
}

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource throttled 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'ahoy-throttled'
  location: 'global'
  tags: tags
  properties: {
    description: 'Table Storage answered "too busy": records are late, and reconcile has to bring them.'
    severity: 2
    enabled: true
    scopes: [storage.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'busy'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Storage/storageAccounts'
          metricName: 'Transactions'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [
            {
              name: 'ResponseType'
              operator: 'Include'
              values: [
                'ServerBusyError'
                'ServerTimeoutError'
                'ClientThrottlingError'
              ]
            }
          ]
        }
      ]
    }
    actions: [{ actionGroupId: owner.id }]
  }
}
