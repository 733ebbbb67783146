//! OAuth 2.0 and OpenID Connect endpoints, sign-in and consent pages.
