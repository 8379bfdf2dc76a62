"""What a message says: subject and body in the customer's language. Needs jinja2."""

from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.documents.content import content_of
from cpor_batch.domain.document import DocumentOrder
from cpor_batch.errors import TemplateError

TEMPLATE: Final = "emails/notification.txt.j2"


def render_mail_text(order: DocumentOrder, assets: Assets, *, has_poe: bool) -> tuple[str, str]:
    """Return subject and body of the message that brings the letter of `order`.

    The template's first line is the subject. TemplateError for a mistake in the template.
    """
    from cpor_batch.documents.environment import open_environment, render_template

    # Plain text: an ampersand in a name stays one.
    country = order.claim.customer_country
    environment = open_environment(assets, order.language, country).overlay(autoescape=False)
    text = render_template(environment, TEMPLATE, {**content_of(order), "has_poe": has_poe})
    subject, _, body = text.strip().partition("\n")
    if not body.strip():
        raise TemplateError(
            "the message has no text below its first line.",
            hint="The first line is the subject, the rest the message.",
            where=TEMPLATE,
        )
    return subject.strip(), body.strip() + "\n"
