"""The least an app can be: one function that answers."""

import azure.functions as func

app = func.FunctionApp()


@app.route("voice", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
def voice(req: func.HttpRequest) -> func.HttpResponse:
    """Answer with a fixed document."""
    _ = req
    return func.HttpResponse("<Response><Say>Hello Monkey!</Say></Response>", mimetype="text/xml")
