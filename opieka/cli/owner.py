"""`opieka owner EMAIL`: the first organisation and its owner, from the command line."""

import argparse

from opieka.cli.base import Command, Trouble, start_django
from opieka.plumbing.words import _


class Owner(Command):
    """For whoever sets Opieka up; everybody else is invited from the team page."""

    help = _("make the first organisation and its owner")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", default="", help=_("the owner's name"))
        parser.add_argument("--organisation", required=True, help=_("the firm's name"))

    def run(self, options: argparse.Namespace) -> int:
        start_django()
        from django.conf import settings
        from django.core.exceptions import ValidationError
        from django.core.validators import validate_email

        from opieka.accounts.actions import found

        try:
            validate_email(options.email)
        except ValidationError as error:
            raise Trouble(_("This is not an e-mail address: %(address)s") % {"address": options.email}) from error
        found(options.organisation, email=options.email, person=options.name)
        said = _("%(firm)s is ready. Its owner sets a password at %(url)s/account/password/forgotten/")
        print(said % {"firm": options.organisation, "url": settings.PUBLIC_URL})  # noqa: T201 - A command speaks.
        return 0
