"""An application in Python signs people in by Authlib, which knows this server by its discovery address alone.

What Authlib checks by itself: the state, the signature of the ID token against the published keys, its issuer, audience,
nonce, times and at_hash.
"""

import json
import unittest
from urllib.parse import parse_qs, urlsplit

from authlib.integrations.base_client import BaseApp, FrameworkIntegration, OAuth2Mixin, OAuthError, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from joserfc.jwk import ECKey

from house import Browser, House

CALLBACK = "http://127.0.0.1:9/callback"
AFTERWARDS = "http://127.0.0.1:9/bye"
SCOPE = "openid profile email offline_access"
BOTH_GRANTS = ("--grant-type", "authorization_code", "--grant-type", "refresh_token")


class Framework(FrameworkIntegration):
    """A web framework that keeps the token which was renewed last."""

    renewed = None

    def update_token(self, token, refresh_token=None, access_token=None):
        self.renewed = token


class ShortLived(PrivateKeyJWT):
    """Authlib's assertions live an hour unless it is told otherwise, and this server takes those of five minutes."""

    def sign(self, auth, token_endpoint):
        return private_key_jwt_sign(auth.client_secret, auth.client_id, token_endpoint, alg="ES256", expires_in=240)


class Application(OAuth2Mixin, OpenIDMixin, BaseApp):
    """What Authlib makes of an application in each of the frameworks that it knows."""

    client_cls = OAuth2Session


def application(house, registered, scope=SCOPE, proof=None, key=None, signing=None):
    """An application that knows the discovery address and what it was given when it was registered."""
    how = {"scope": scope, "code_challenge_method": "S256"}
    if proof:
        how["token_endpoint_auth_method"] = proof
    return Application(
        Framework("bedside"),
        name="bedside",
        client_id=registered["client_id"],
        client_secret=key or registered.get("client_secret"),
        server_metadata_url=f"{house.url}/.well-known/openid-configuration",
        client_kwargs=how,
        client_auth_methods=[signing] if signing else None,
    )


class SigningIn(unittest.TestCase):
    """The journeys of three kinds of applications, and of one that wants no OpenID Connect."""

    @classmethod
    def setUpClass(cls):
        cls.house = House()
        cls.addClassCleanup(cls.house.close)

    def setUp(self):
        self.anna = self.house.person("anna")
        self.browser = Browser(self.house)

    def register(self, name, *options, scope=SCOPE):
        addresses = ("--redirect-uri", CALLBACK, "--post-logout-uri", AFTERWARDS)
        return self.house.register(name, "--dialect", "own", "--scopes", scope, *addresses, *BOTH_GRANTS, *options)

    def sign_in(self, app, **wishes):
        """From the button in the application to its tokens; what Authlib remembers meanwhile is given, too."""
        begun = app.create_authorization_url(CALLBACK, **wishes)
        answer = urlsplit(self.browser.authorize(begun["url"], self.anna))
        self.assertEqual(f"{answer.scheme}://{answer.netloc}{answer.path}", CALLBACK)
        said = {name: values[0] for name, values in parse_qs(answer.query).items()}
        self.assertEqual(said["state"], begun["state"])
        self.assertEqual(said["iss"], app.load_server_metadata()["issuer"])
        token = app.fetch_access_token(CALLBACK, code=said["code"], code_verifier=begun["code_verifier"])
        return token, begun

    def refresh(self, app, token):
        """Authlib renews by itself what it takes for expired, when something is asked with it."""
        app.userinfo(token={**token, "expires_at": 1})
        return app.framework.renewed

    def journey(self, app):
        """Signs in, reads who it is, renews the tokens, and signs out."""
        token, begun = self.sign_in(app)
        claims = app.parse_id_token(token, nonce=begun["nonce"])
        who = app.userinfo(token=token)
        self.assertEqual(who["sub"], claims["sub"])
        self.assertEqual(who["email"], self.anna["email"])
        renewed = self.refresh(app, token)
        self.assertNotEqual(renewed["access_token"], token["access_token"])
        self.assertNotEqual(renewed["refresh_token"], token["refresh_token"])
        self.assertEqual(app.userinfo(token=renewed)["sub"], claims["sub"])
        self.assertTrue(self.browser.is_signed_in())
        leaving = app.create_logout_url(AFTERWARDS, id_token_hint=token["id_token"])
        self.assertEqual(self.browser.open(leaving["url"]), f"{AFTERWARDS}?state={leaving['state']}")
        self.assertFalse(self.browser.is_signed_in())
        return claims

    def test_an_application_with_a_secret_needs_the_discovery_address_alone(self):
        self.journey(application(self.house, self.register("Python with a secret")))

    def test_one_that_posts_its_secret_is_let_in_as_well(self):
        app = application(self.house, self.register("Python that posts"), proof="client_secret_post")
        token, begun = self.sign_in(app)
        self.assertTrue(app.parse_id_token(token, nonce=begun["nonce"])["sub"])

    def test_an_application_on_a_phone_has_no_secret(self):
        registered = self.register("Python on a phone", "--public")
        self.assertIsNone(registered["client_secret"])
        self.journey(application(self.house, registered, proof="none"))

    def registered_with_a_key(self, name):
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "python"})
        file = self.house.data / f"{name}.json"
        file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        registered = self.register(name, "--jwks", str(file), "--id-token-alg", "ES256")
        self.assertIsNone(registered["client_secret"])
        return registered, key

    def test_an_application_with_a_key_of_its_own_signs_for_itself(self):
        registered, key = self.registered_with_a_key("Python with a key")
        self.journey(application(self.house, registered, proof="private_key_jwt", key=key, signing=ShortLived()))

    def test_an_assertion_that_lives_an_hour_proves_nothing(self):
        registered, key = self.registered_with_a_key("Python that signs for an hour")
        signing = PrivateKeyJWT(alg="ES256")
        app = application(self.house, registered, proof="private_key_jwt", key=key, signing=signing)
        with self.assertRaises(OAuthError) as refused:
            self.sign_in(app)
        self.assertEqual(refused.exception.error, "invalid_client")

    def test_an_application_that_only_wants_a_token_gets_no_id_token(self):
        registered = self.register("Python without OpenID", scope="read write")
        app = application(self.house, registered, scope="read write")
        token, _ = self.sign_in(app)
        self.assertNotIn("id_token", token)
        self.assertEqual(set(token["scope"].split()), {"read", "write"})

    def test_two_applications_that_are_told_pairwise_subjects_cannot_compare_them(self):
        subjects = set()
        for number, host in enumerate(["one.example", "two.example"]):
            address = f"https://{host}/callback"
            registered = self.house.register(
                f"Pairwise {number}", "--dialect", "own", "--scopes", "openid", "--redirect-uri", address, "--pairwise"
            )
            app = application(self.house, registered, scope="openid")
            begun = app.create_authorization_url(address)
            answer = parse_qs(urlsplit(self.browser.authorize(begun["url"], self.anna)).query)
            token = app.fetch_access_token(address, code=answer["code"][0], code_verifier=begun["code_verifier"])
            subjects.add(app.parse_id_token(token, nonce=begun["nonce"])["sub"])
        self.assertEqual(len(subjects), 2)
        self.assertNotIn(self.anna["id"], subjects)

    def test_a_secret_that_is_wrong_is_told_by_the_name_of_the_standard(self):
        registered = self.register("Python with a wrong secret")
        app = application(self.house, {**registered, "client_secret": "x" * 43})
        with self.assertRaises(OAuthError) as refused:
            self.sign_in(app)
        self.assertEqual(refused.exception.error, "invalid_client")

    def test_an_id_token_for_another_question_is_not_taken(self):
        app = application(self.house, self.register("Python that asks twice"))
        token, _ = self.sign_in(app)
        with self.assertRaises(Exception) as refused:
            app.parse_id_token(token, nonce="of another question")
        self.assertIn("nonce", str(refused.exception))


if __name__ == "__main__":
    unittest.main()
