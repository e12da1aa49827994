"""The templates as the rules look at them: what each file declares, and what Azure would make of them all."""

from functools import cached_property

from local.bicep.evaluation import evaluate
from local.bicep.functions import KNOWN
from local.bicep.reader import read
from local.bicep.tree import Call
from tests.infra import options
from tests.infra.bicep import FOLDER


class Templates:
    """The templates of a folder, with what comes of them for each set of options."""

    def __init__(self, folder=FOLDER):
        self.folder, self.known = folder, {}

    @cached_property
    def trees(self):
        """What each file says, by its name."""
        return {path.name: read(path) for path in sorted(self.folder.glob("*.bicep"))}

    def deployed(self, option="everything"):
        """Return all that is made."""
        if option not in self.known:
            self.known[option] = options.deployed(options.ALL[option], self.folder).made
        return self.known[option]

    def declared(self, *kinds):
        """Return what is declared in any file, as (file, declaration)."""
        return [(file, each) for file, tree in self.trees.items() for each in tree.of_kind(*kinds).values()]

    def made(self, kind, option="everything"):
        """Return the resources of a kind that are made."""
        return [each for each in self.deployed(option) if each.ref.type == kind]

    def one(self, kind, option="everything"):
        """Return the only one."""
        [found] = self.made(kind, option)
        return found

    def names(self, kind):
        """Return the last parts of the names of the resources of a kind."""
        return {each.ref.name.rpartition("/")[2] for each in self.made(kind)}

    def settings(self, option="everything"):
        """Return the settings of the app."""
        return self.one("Microsoft.Web/sites/config", option).body["properties"]

    def defaults(self):
        """Return the defaults of the deployment's parameters; None where there is none, or one that is computed."""
        known = self.trees["main.bicep"].of_kind("param")
        return {name: _plain(each.body) for name, each in known.items()}


def _plain(body):
    is_computed = (
        body is None or isinstance(body, Call) or any(not isinstance(p, str) for p in getattr(body, "parts", ()))
    )
    return None if is_computed else evaluate(body, {}, KNOWN)
