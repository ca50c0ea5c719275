"""The fax centre: the web pages of people who send and receive faxes, and of who runs the service.

To add a page, add a module here with a function `routes(center: Center) -> APIRouter`, its templates in `templates/`,
and a line in `rooms.py`; nothing else knows of it. A route looks like this:

    def routes(center: Center) -> APIRouter:
        router = center.router()

        @router.get("/contacts")
        async def contacts(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
            found = await center.office.db.aread(book.contacts, visitor.viewer)
            return center.page(request, visitor, "contacts.html", contacts=found)

        @router.post("/contacts")
        async def add(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
            form = await center.form(request, visitor)
            await center.office.act(visitor.viewer, Action.CONTACT_ADDED, book.add, visitor.viewer, form.one("name"))
            return sent_on("/contacts")

- `center.router()` makes routes whose refusals are pages in plain words: raise what the services raise (`Refused`,
  `Unavailable`), and let it go. What htmx asked for gets them as a line in `#told`.
- `center.visitor` lets in who has signed in, and sends everybody else to sign in and back. `Visitor` says who that is:
  `viewer` for the services, `kind` for what the page offers, `language` for words in Python (`visitor.say("…")`).
- `center.page(request, visitor, template, **values)` is a whole page when its template extends `center.html` (blocks
  `title` and `content`), and a part of one for htmx when it extends nothing.
- `center.form(request, visitor)` reads a small form, and `center.files(request, visitor)` one with files. Both raise
  when it did not come from a page of ours: each form has `{{ proof_field() }}`; htmx sends the proof by itself.
- Words: `_("…")`, `ngettext("%(num)s page", "%(num)s pages", n)` in templates; `N_("…")` in tables of Python.
  Afterwards `make words` writes them into the catalogues, and a test fails until they are translated.
- Filters: `moment`, `date`, `number`. Macros: `parts.html`. No style attribute and no inline script: the policy forbids
  them.
- Changes go through `Office.act`; what may be seen is asked of the services with `visitor.viewer`, as the API does.
- Every address gets a line in `tests/web/center/test_tenants.py`, which tries it as somebody of another organization.
"""
