"""Signed receipts, and the public keys they are checked with. Decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.service.office import Office
from unifax.service.receipts import receipt
from unifax.web.auth import Door
from unifax.web.uapi.errors import Json
from unifax.web.uapi.shape import Shape
from unifax.web.uapi.transcripts import wants_json

JOSE = "application/jose"
KEYS = "/.well-known/jwks.json"


class ReceiptShape(Shape):
    """A receipt as a flattened JWS (RFC 7515 7.2.2)."""

    payload: str
    "What is signed, base64url: docs/receipts.md."
    protected: str
    signature: str


class KeyShape(Shape):
    """A public key (RFC 8037)."""

    kty: str
    crv: str
    x: str
    kid: str
    "Its thumbprint (RFC 7638)."
    use: str
    alg: str


class KeysShape(Shape):
    """All keys that there ever were, the one that signs now first."""

    keys: list[KeyShape] = Field(min_length=1)


def receipt_routes(office: Office, door: Door) -> APIRouter:
    """Return the routes of receipts."""
    router = APIRouter(redirect_slashes=False)

    @router.api_route(
        "/uapi/faxes/{user}/{extension}/{fax_id}/recipients/{position}/receipt",
        methods=["GET", "HEAD"],
        response_model=ReceiptShape,
        summary="The signed receipt of a recipient",
        responses={200: {"content": {JOSE: {"schema": {"type": "string"}}}}, 404: {}, 409: {}},
    )
    async def show_receipt(
        request: Request,
        viewer: Annotated[Viewer, Depends(door.viewer)],
        user: str,
        extension: str,
        fax_id: str,
        position: str,
    ) -> Response:
        """Sign what is known of a delivery that has come to its end, whatever end: what is not proved, it says, too.

        `Accept: application/json` asks for a flattened JWS; else it is a compact one.
        """
        made = await office.db.aread(
            receipt, office.receipt_keys, office.clock(), viewer, user, extension, fax_id, position
        )
        vary = {"Vary": "Accept"}
        if not wants_json(request.headers.get("Accept", "")):
            return Response(made, media_type=JOSE, headers=vary)
        protected, payload, signature = made.split(".")
        shape = ReceiptShape(payload=payload, protected=protected, signature=signature)
        return Json(shape.model_dump(mode="json"), headers=vary)

    @router.api_route(
        KEYS, methods=["GET", "HEAD"], response_model=KeysShape, summary="The keys that receipts are checked with"
    )
    async def show_keys() -> Response:
        """Show the public keys, as a JWK set (RFC 7517). Needs no token."""
        return Json({"keys": [dict(each) for each in office.receipt_keys.public()]})

    return router
