"""OAuth's JSON, in its own manner: names with underscores (RFC 6749 5, RFC 8414 2). Knows no queries."""

from pydantic import BaseModel

from unifax.model.oauth import Trouble
from unifax.web.schemas import schema_of

TOKEN, REVOKE, AUTHORIZE = "/oauth/token.php", "/oauth/revoke.php", "/oauth/authorize.php"
METADATA = "/.well-known/oauth-authorization-server"

_HOW_APPS_SHOW_WHO_THEY_ARE = ["client_secret_basic", "client_secret_post"]


class TokenShape(BaseModel):
    """An access token (RFC 6749 5.1)."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int
    "Seconds."
    refresh_token: str | None = None
    "None for an App that acts by trust."


class TroubleShape(BaseModel):
    """What went wrong (RFC 6749 5.2)."""

    error: Trouble
    error_description: str


class FormShape(BaseModel):
    """What an App asks for; all else is ignored."""

    grant_type: str
    client_id: str | None = None
    client_secret: str | None = None
    code: str | None = None
    redirect_uri: str | None = None
    code_verifier: str | None = None
    refresh_token: str | None = None


class RevokeShape(BaseModel):
    """Which token is to end (RFC 7009 2.1)."""

    token: str
    client_id: str | None = None
    client_secret: str | None = None


class MetadataShape(BaseModel):
    """What this server can do (RFC 8414 2, RFC 9207 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    code_challenge_methods_supported: list[str]
    authorization_response_iss_parameter_supported: bool


def metadata_of(issuer: str) -> MetadataShape:
    """Return what the server of this name can do."""
    return MetadataShape(
        issuer=issuer,
        authorization_endpoint=issuer + AUTHORIZE,
        token_endpoint=issuer + TOKEN,
        revocation_endpoint=issuer + REVOKE,
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "client_credentials", "refresh_token"],
        token_endpoint_auth_methods_supported=_HOW_APPS_SHOW_WHO_THEY_ARE,
        revocation_endpoint_auth_methods_supported=_HOW_APPS_SHOW_WHO_THEY_ARE,
        code_challenge_methods_supported=["S256"],
        authorization_response_iss_parameter_supported=True,
    )


def body_of_shape(shape: type[BaseModel]) -> dict[str, object]:
    """Return what OpenAPI says of a body that we read ourselves, and that shows which App it comes from."""
    schema = {"schema": schema_of(shape)}
    types = ("application/x-www-form-urlencoded", "multipart/form-data", "application/json")
    body = {"required": True, "content": dict.fromkeys(types, schema)}
    return {"requestBody": body, "security": [{"app": []}, {}]}
