"""The rules of Azure's host that are kept here, module by module: docs/stand-ins.md shows them.

Each says where it is seen, in the source of the host and what it stands on or in Azure's docs, and which test fails
without it.
"""

from dataclasses import dataclass

HOST = "azure-functions-host"
SDK = "azure-webjobs-sdk"
TIMERS = "azure-webjobs-sdk-extensions"
QUEUES = "azure-sdk-for-net"
ASP = "aspnetcore"
LOGGING = "runtime, Microsoft.Extensions.Logging"
DOCS = "Azure's docs"


@dataclass(frozen=True, slots=True)
class Rule:
    """What Azure's host does; where that is seen (a repository, and where in it); the test of it here."""

    what: str
    repository: str
    where: str
    test: str  # a file below tests/, and a test in it


ROUTES = (
    Rule("Routes are tried in the order of the functions' names; the first that fits wins, with parameters or without",
         HOST, "FunctionMetadataManager",
         "local/host/test_routes.py::test_the_first_by_name_wins_whose_route_fits_however_many_parameters_it_has"),
    Rule("A function whose route another has, with a method in common, is in error and has none",
         HOST, "ScriptHost.HttpRoutesConflict",
         "local/host/test_routes.py::test_of_two_with_one_route_and_a_method_in_common_the_second_by_name_is_not_loaded"),
    Rule("A route that begins with `admin` or `runtime` is in error; here also one with a default, or a constraint "
         "other than `int`, `long`, `alpha`, `guid` and `bool`",
         HOST, "ScriptHost.ValidateHttpFunction",
         "local/host/test_routes.py::test_a_route_that_azure_keeps_or_that_is_not_served_here_is_in_error"),
    Rule("A function without `methods` has all of them", HOST, "WebScriptHostHttpRoutesManager",
         "local/host/test_http.py::test_a_route_that_names_no_methods_has_all"),
    Rule("A wrong method is 404, not 405; HEAD, too, where GET is", HOST, "issues 10098 and 11625",
         "line/test_host.py::test_a_wrong_method_is_404_not_405"),
    Rule("Case and a slash at the end do not matter", ASP, "TemplateMatcher",
         "line/test_host.py::test_routes_do_not_mind_case_and_a_slash_at_the_end"),
    Rule("Optional, constrained and catch-all parameters", ASP, "TemplateParser",
         "line/test_host.py::test_optional_catch_all_and_constrained_parameters"),
    Rule("Several parameters in one segment", ASP, "TemplateParser",
         "local/host/test_routes.py::test_parameters_may_share_a_segment"),
)  # fmt: skip
ADDRESSES = (
    Rule("`%2F` in a route's parameter stays encoded", ASP, "UrlDecoder",
         "local/host/test_http.py::test_an_escaped_slash_in_a_route_parameter_stays_escaped"),
    Rule("Segments of dots are removed once the path is decoded; a null character in it is an empty 400",
         ASP, "PathNormalizer, UrlDecoder",
         "local/host/test_http.py::test_dot_segments_are_gone_and_a_null_character_is_refused"),
    Rule("`req.url` has the path decoded and escaped anew, and the query as it was sent",
         HOST, "GrpcMessageConversionExtensions",
         "local/host/test_http.py::test_the_path_of_an_address_is_escaped_anew"),
    Rule("Behind the front end `DISGUISED-HOST` and `X-Forwarded-Proto` say which host and scheme a request had, "
         "`X-Forwarded-Host` nothing", HOST, "AppServiceHeaderFixupMiddleware",
         "local/host/test_http.py::test_behind_azures_front_end_its_headers_say_which_host_and_scheme_it_was"),
)  # fmt: skip
KEYS = (
    Rule("A function of level FUNCTION wants a key, in `x-functions-key` or `?code=`; else the answer is an empty 401",
         HOST, "FunctionInvocationMiddleware",
         "line/test_host.py::test_a_function_key_is_asked_for_by_header_or_query"),
    Rule("The header wins over the query, even an empty one", HOST, "AuthenticationLevelHandler",
         "local/host/test_http.py::test_an_empty_key_in_the_header_wins_over_the_query_and_is_refused"),
    Rule("The master key opens all functions, and alone those of level ADMIN", HOST, "AuthUtility",
         "local/host/test_http.py::test_the_master_key_opens_functions_too_and_alone_what_is_for_admins"),
    Rule("`/admin/...` wants the master key", HOST, "FunctionsController",
         "local/host/test_http.py::test_what_the_host_has_beside_the_functions_wants_the_master_key"),
)  # fmt: skip
HTTP = (
    Rule("Query values that are empty are dropped, repeated ones joined with commas, whatever their case",
         HOST, "GrpcMessageConversionExtensions",
         "line/test_host.py::test_empty_query_values_are_dropped_and_repeats_joined_but_the_address_is_as_sent"),
    Rule("Names of headers arrive in small letters, repeated ones joined", HOST, "GrpcMessageConversionExtensions",
         "line/test_host.py::test_headers_arrive_lower_cased_and_joined"),
    Rule("Headers of a request are UTF-8; anything else is 400", ASP, "RequestHeaderEncodingSelector",
         "local/host/test_http.py::test_headers_are_read_as_utf_8_and_anything_else_is_a_bad_request"),
    Rule("A header of an answer that is not ASCII makes it an empty 500", ASP, "ValidateHeaderValueCharacters",
         "local/host/test_http.py::test_an_answer_with_a_header_beyond_ascii_is_an_empty_500"),
    Rule("A body without Content-Length does not arrive", HOST, "GrpcMessageConversionExtensions",
         "line/test_host.py::test_a_body_without_a_length_does_not_arrive"),
)  # fmt: skip
COOKIES = (
    Rule("Each Set-Cookie arrives, made anew of its parts, the value escaped", HOST, "RawScriptResult",
         "local/host/test_http.py::test_every_cookie_arrives_with_its_value_escaped"),
)  # fmt: skip
INSTANCE = (
    Rule("What a function raises is an empty 500", HOST, "FunctionInvocationMiddleware",
         "line/test_host.py::test_an_exception_is_an_empty_500"),
    Rule("A body above `FUNCTIONS_REQUEST_BODY_SIZE_LIMIT`, 100 MB without it, is 413",
         HOST, "EnvironmentSettingNames.FunctionsRequestBodySizeLimit",
         "line/test_host.py::test_a_body_above_the_limit_is_refused_before_it_is_sent"),
    Rule("A function that `AzureWebJobs.NAME.Disabled` disables has no route", DOCS, "How to disable functions",
         "line/test_host.py::test_a_route_that_the_settings_disable_is_not_there"),
    Rule("Nor times of its own; by hand it runs all the same", DOCS, "How to disable functions",
         "line/test_host.py::test_a_timer_that_the_settings_disable_comes_by_hand_only"),
    Rule("`POST /admin/functions/NAME` runs a timer's or a queue's function now, and answers 202",
         HOST, "FunctionsController.Invoke",
         "line/test_host.py::test_a_timers_function_is_run_by_hand_with_the_master_key_only"),
    Rule("The home page is empty, as with `AzureWebJobsDisableHomepage`", DOCS, "App settings reference",
         "line/test_host.py::test_the_home_page_is_empty"),
)  # fmt: skip
CHANNEL = (
    Rule("The app runs in a worker process; one that dies fails what runs in it, and is started anew",
         HOST, "RpcFunctionInvocationDispatcher",
         "local/host/test_channel.py::test_a_worker_that_dies_fails_its_invocation_and_is_started_anew"),
    Rule("What takes longer than `functionTimeout` has failed; unless it ends within two seconds its worker is started "
         "anew, and all that runs in it has failed, too", HOST, "WebScriptHostExceptionHandler",
         "local/host/test_channel.py::test_what_takes_longer_than_the_function_timeout_fails_and_its_worker_is_started_anew"),
    Rule("What ends within these two seconds has failed all the same", SDK, "TimeoutAttribute",
         "local/host/test_channel.py::test_what_ends_within_the_grace_period_has_failed_and_its_worker_goes_on"),
    Rule("Synchronous functions run at the same time, as many as `PYTHON_THREADPOOL_THREAD_COUNT` says",
         DOCS, "Python developer reference", "line/test_host.py::test_synchronous_functions_run_at_the_same_time"),
)  # fmt: skip
LOGS = (
    Rule("What is logged outside of a running invocation is dropped; here it is marked", HOST, "GrpcWorkerChannel.Log",
         "local/host/test_logs.py::test_what_is_said_outside_of_a_running_invocation_is_marked_as_lost"),
    Rule("The levels of host.json hold for what a function logs, `Function.NAME.User`", HOST, "LogCategories",
         "local/host/test_logs.py::test_the_levels_of_host_json_hold_for_what_a_function_says"),
    Rule("A category has the level of the longest name that it begins with", LOGGING, "LoggerRuleSelector",
         "local/host/test_logs.py::test_the_longest_name_that_a_category_begins_with_says_its_level"),
)  # fmt: skip
HOST_JSON = (
    Rule("Without `functionTimeout` an invocation may take half an hour, with -1 as long as it likes",
         HOST, "ScriptJobHostOptionsSetup",
         "local/host/test_channel.py::test_without_a_limit_it_is_half_an_hour_and_minus_one_is_none"),
    Rule("Settings such as `AzureFunctionsJobHost__extensions__queues__batchSize` win over host.json, in whatever case",
         DOCS, "Override host.json values",
         "repo/test_any_machine.py::test_settings_in_capitals_as_windows_gives_them_override_the_hosts"),
)  # fmt: skip
QUEUE = (
    Rule("`batchSize` messages run at once; more are taken once `newBatchThreshold` or fewer are at work",
         DOCS, "host.json, queues",
         "line/test_host_queue.py::test_a_batch_is_taken_at_once_and_the_next_when_few_are_left_at_work"),
    Rule("What failed comes back after `visibilityTimeout`; after `maxDequeueCount` tries it is in `NAME-poison`",
         QUEUES, "QueueProcessor",
         "line/test_host_queue.py::test_what_fails_comes_back_after_the_visibility_timeout_five_times_and_is_poison_then"),
    Rule("What was taken more than `maxDequeueCount` times goes there without another try", QUEUES, "QueueProcessor",
         "line/test_host_queue.py::test_what_was_taken_too_often_is_poison_without_another_try"),
    Rule("What is no base64 goes there at once", QUEUES, "pull request 18326",
         "line/test_host_queue.py::test_what_is_no_base64_is_poison_at_once_and_holds_nobody_up"),
    Rule("A poison queue has none of its own: what fails there stays, hidden for ten minutes",
         QUEUES, "QueueListenerFactory",
         "line/test_host_queue.py::test_what_fails_in_the_poison_queue_stays_there_hidden"),
)  # fmt: skip
SCHEDULE = (
    Rule("Schedules are NCRONTAB of six fields, in UTC", DOCS, "Timer trigger",
         "local/host/test_schedule.py::test_the_next_time_fits"),
)  # fmt: skip
MONITOR = (
    Rule("A time that was missed while nothing ran is made up for at once, with `IsPastDue`", TIMERS, "ScheduleMonitor",
         "line/test_host_timer.py::test_a_time_that_was_missed_is_made_up_for_at_once_and_said_so"),
    Rule("A schedule that was changed has missed nothing", TIMERS, "ScheduleMonitor",
         "local/host/test_monitor.py::test_a_schedule_that_was_changed_has_missed_nothing"),
    Rule("Times that come more than once a minute are not kept", TIMERS, "TimerSchedule.ShouldDisableScheduleMonitor",
         "local/host/test_monitor.py::test_what_comes_more_than_once_a_minute_is_not_kept"),
)  # fmt: skip
TIMER = (
    Rule("A timer's function never runs twice at once; a time that comes meanwhile follows at once",
         TIMERS, "TimerListener",
         "line/test_host.py::test_a_timer_that_is_still_at_work_when_its_time_comes_is_not_run_twice_at_once"),
    Rule("It runs on one instance only, and on another once that has gone", SDK, "SingletonListener",
         "line/test_host_timer.py::test_of_two_instances_one_runs_it_and_the_other_once_that_has_gone"),
)  # fmt: skip
BLOBS = (
    Rule("A lease of one minute on a blob says which; while an instance that died has it, nobody runs the timer",
         SDK, "BlobLeaseDistributedLockManager",
         "line/test_host_timer.py::test_nobody_runs_it_while_one_that_died_still_has_the_lease"),
)  # fmt: skip
FRONT = (
    Rule("Requests go to the instances in turn, and none knows what another has in memory",
         DOCS, "Flex Consumption, per-function scaling",
         "local/host/test_front.py::test_requests_go_to_one_instance_after_the_other_and_none_knows_the_others_memory"),
    Rule("HTTP functions scale together, each other function apart from them, in workers that start when there is work",
         HOST, "FunctionMetadataExtensions.GetFunctionGroup",
         "local/host/test_front.py::test_a_queues_function_runs_apart_from_http_in_a_worker_that_starts_when_there_is_work"),
    Rule("What a caller says of host and scheme the front end takes away", HOST, "AppServiceHeaderFixupMiddleware",
         "local/host/test_front.py::test_what_a_caller_says_of_host_and_scheme_is_the_front_ends_to_say"),
    Rule("A webhook is signed for the https address that Twilio knows", HOST, "GrpcMessageConversionExtensions",
         "local/host/test_front.py::test_a_webhook_is_signed_for_the_address_that_twilio_knows"),
)  # fmt: skip

KEPT = {
    "routes": ROUTES, "addresses": ADDRESSES, "keys": KEYS, "http": HTTP, "cookies": COOKIES, "instance": INSTANCE,
    "channel": CHANNEL, "logs": LOGS, "host_json": HOST_JSON, "queue": QUEUE, "schedule": SCHEDULE, "monitor": MONITOR,
    "timer": TIMER, "blobs": BLOBS, "front": FRONT,
}  # fmt: skip

# What an app could miss here.
NOT_PLAYED = (
    "Triggers other than HTTP, queue and timer, and output bindings (a warning at the start names them)",
    "`/admin/...` beside the running of functions: it is 404 here",
    "Keys of single functions, system keys, Microsoft Entra and Easy Auth",
    "The load balancer's limit of 230 seconds, throttling (429), cold starts, more or fewer instances as load changes",
    "`runOnStartup` of timers, which Flex Consumption does not have either, and `@app.retry`",
    "A managed identity for the storage: the emulator has shared keys",
)
