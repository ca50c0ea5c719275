"""Digest authentication: the examples of the RFCs, what the field sends, and that nothing breaks the reader."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.wire.sip.digest import HASHES, SERVERS, STALE, Challenge, Credentials, Keys, challenges, credentials_of
from unifax.wire.sip.message import Headers, Request, Response, parse

US = Credentials("210", "secret")
REGISTER = Request("REGISTER", "sip:carrier", headers=Headers.of(("Call-ID", "c")))


def refusal(*values: str, header: str = "WWW-Authenticate") -> Response:
    return Response(401, headers=Headers.of(*((header, value) for value in values)))


def read(*values: str) -> list[Challenge]:
    return challenges(refusal(*values))


def params(answer: str) -> dict[str, str]:
    """Return the parameters of an answer, quotes and all, read by other means than our own."""
    scheme, _, rest = answer.partition(" ")
    assert scheme == "Digest"
    return dict(re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|[^",\s]+)', rest))


class TestTheExamplesOfTheRfcs:
    def test_rfc_7616_3_9_1_md5_and_sha_256(self) -> None:
        for algorithm, response in {
            "MD5": "8ca523f5e9506fed4657c9700eebdbec",
            "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        }.items():
            (challenge,) = read(
                'Digest realm="http-auth@example.org", qop="auth, auth-int", '
                f"algorithm={algorithm}, "
                'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
                'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
            )
            cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
            credentials = Credentials("Mufasa", "Circle of Life")
            answer = params(challenge.answer(credentials, "GET", "/dir/index.html", cnonce, 1))
            assert answer == {
                "username": '"Mufasa"',
                "realm": '"http-auth@example.org"',
                "nonce": '"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"',
                "uri": '"/dir/index.html"',
                "response": f'"{response}"',
                "algorithm": algorithm,
                "cnonce": f'"{cnonce}"',
                "opaque": '"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
                "qop": "auth",
                "nc": "00000001",
            }

    def test_rfc_2617_3_5(self) -> None:
        (challenge,) = read(
            'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
        )
        credentials = Credentials("Mufasa", "Circle Of Life")
        answer = params(challenge.answer(credentials, "GET", "/dir/index.html", "0a4f113b", 1))
        assert answer["response"] == '"6629fae49393a05397450978507c4ef1"'
        assert "algorithm" not in answer

    def test_rfc_2069_with_the_response_of_its_erratum(self) -> None:
        (challenge,) = read('Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"')
        answer = params(challenge.answer(Credentials("Mufasa", "CircleOfLife"), "GET", "/dir/index.html", "unused", 1))
        assert answer["response"] == '"1949323746fe6a43ef61f9606e7febea"'
        assert not {"cnonce", "nc", "qop"} & set(answer)

    def test_sess_hashes_the_nonces_into_the_secret(self) -> None:
        (challenge,) = read('Digest realm="r", nonce="n", algorithm=SHA-256-sess, qop=auth')

        def sha(text: str) -> str:
            return hashlib.sha256(text.encode()).hexdigest()

        secret = sha(f"{sha('210:r:secret')}:n:c")
        answer = params(challenge.answer(US, "BYE", "sip:a", "c", 10))
        request = sha("BYE:sip:a")
        assert answer["response"].strip('"') == sha(f"{secret}:n:0000000a:c:auth:{request}")


class TestReading:
    def test_the_challenges_of_the_field(self) -> None:
        for text, expected in {
            'Digest realm="a", nonce="n"': Challenge("WWW-Authenticate", "a", "n"),
            'digest  realm = "a" ,NONCE="n",stale=TRUE': Challenge("WWW-Authenticate", "a", "n", stale=True),
            'Digest realm=a,nonce=n,qop=auth,stale="true"': Challenge(
                "WWW-Authenticate", "a", "n", qop=True, stale=True
            ),
            'Digest realm="a\\"b, c", nonce="n=", algorithm="md5"': Challenge(
                "WWW-Authenticate", 'a"b, c', "n=", algorithm="md5"
            ),
            'Digest realm="a", nonce="n", qop="auth-int,auth", opaque="", domain="sip:x"': Challenge(
                "WWW-Authenticate", "a", "n", opaque="", qop=True
            ),
        }.items():
            assert read(text) == [expected]

    @pytest.mark.parametrize(
        "text",
        [
            'Basic realm="a"',
            'Digest realm="a"',
            'Digest nonce="n"',
            'Digest realm="a", nonce="n", qop="auth-int"',
            'Digest realm="a", nonce="n", algorithm=AKAv1-MD5',
            'Digest realm="a", nonce="n',
            "",
        ],
    )
    def test_what_cannot_be_answered_is_passed_over(self, text: str) -> None:
        assert read(text) == []

    def test_several_in_several_headers_or_in_one(self) -> None:
        one, two = 'Digest realm="a", nonce="1", algorithm=SHA-256', 'Digest realm="a", nonce="2"'
        assert [challenge.nonce for challenge in read(one, two)] == ["1", "2"]
        assert [challenge.nonce for challenge in read(f'{one}, Basic realm="b", {two}')] == ["1", "2"]

    @given(st.text('Digest realm nonce=",\\<>=', max_size=60) | st.text(max_size=40))
    def test_no_text_breaks_the_reader(self, text: str) -> None:
        for challenge in read(text, f"Digest {text}"):
            challenge.answer(US, "INVITE", "sip:a", "c", 1)

    @given(
        st.builds(
            Challenge,
            st.just("WWW-Authenticate"),
            st.text(st.characters(blacklist_categories=["Cc", "Cs"]), max_size=12),
            st.text(st.characters(blacklist_categories=["Cc", "Cs"]), max_size=12),
            st.none() | st.text('abc\\",', max_size=12),
            st.none() | st.sampled_from([*HASHES, *(f"{name}-sess" for name in HASHES)]),
            st.booleans(),
        )
    )
    def test_an_answer_says_again_what_the_challenge_said(self, challenge: Challenge) -> None:
        answer = challenge.answer(US, "INVITE", "sip:a", "c", 1)
        (again,) = read(answer)
        assert (again.realm, again.nonce, again.opaque) == (challenge.realm, challenge.nonce, challenge.opaque)
        assert (again.algorithm, again.qop) == (challenge.algorithm, challenge.qop)


class TestKeys:
    @staticmethod
    def keys(credentials: Credentials | None = US) -> Keys:
        return Keys(credentials, lambda: "c")

    def test_the_first_challenge_of_a_realm_that_we_can_answer_counts(self) -> None:
        keys = self.keys()
        sha, md5 = 'Digest realm="a", nonce="1", algorithm=SHA-256', 'Digest realm="a", nonce="2"'
        assert keys.learn(refusal('Digest realm="a", nonce="0", algorithm=SHA-999', sha, md5), {})
        (answer,) = credentials_of(keys.sign(REGISTER))
        assert (answer[0], params(answer[1])["nonce"]) == ("Authorization", '"1"')

    def test_a_nonce_is_counted_and_a_new_one_counts_from_one(self) -> None:
        keys = self.keys()

        def count() -> str:
            ((_, answer),) = credentials_of(keys.sign(REGISTER))
            return params(answer)["nc"]

        keys.learn(refusal('Digest realm="a", nonce="1", qop="auth"'), {})
        assert [count(), count()] == ["00000001", "00000002"]
        keys.learn(refusal('Digest realm="a", nonce="2", qop="auth"'), {})
        assert count() == "00000001"

    def test_a_second_refusal_is_final_unless_the_nonce_was_stale(self) -> None:
        keys, tried = self.keys(), dict[tuple[str, str], int]()
        assert keys.learn(refusal('Digest realm="a", nonce="1"'), tried)
        assert keys.learn(refusal('Digest realm="a", nonce="2", stale=true'), tried)
        assert not keys.learn(refusal('Digest realm="a", nonce="3"'), tried)
        assert keys.learn(refusal('Digest realm="a", nonce="3"'), {})

    def test_servers_that_never_have_enough_are_left(self) -> None:
        keys, tried = self.keys(), dict[tuple[str, str], int]()
        stale = refusal('Digest realm="a", nonce="1", stale=true')
        assert [keys.learn(stale, tried) for _ in range(STALE + 2)] == [True] * (STALE + 1) + [False]
        tried = {}
        others = [keys.learn(refusal(f'Digest realm="{at}", nonce="1"'), tried) for at in range(SERVERS + 1)]
        assert others == [True] * SERVERS + [False]
        assert len(credentials_of(keys.sign(REGISTER))) <= SERVERS

    def test_two_servers_on_the_way_each_get_their_own(self) -> None:
        keys, tried = self.keys(), dict[tuple[str, str], int]()
        assert keys.learn(refusal('Digest realm="proxy", nonce="1"', header="Proxy-Authenticate"), tried)
        assert keys.learn(refusal('Digest realm="far", nonce="2"'), tried)
        signed = parse(bytes(keys.sign(REGISTER)))
        assert isinstance(signed, Request)
        assert [name for name, _ in credentials_of(signed)] == ["Authorization", "Proxy-Authorization"]

    def test_a_realm_that_is_not_ours_gets_nothing(self) -> None:
        keys = self.keys(Credentials("210", "secret", realm="ours"))
        assert not keys.learn(refusal('Digest realm="a", nonce="1"'), {})
        assert keys.learn(refusal('Digest realm="a", nonce="1"', 'Digest realm="ours", nonce="1"'), {})

    def test_without_credentials_nothing_is_answered(self) -> None:
        keys = self.keys(None)
        assert not keys.learn(refusal('Digest realm="a", nonce="1"'), {})
        assert keys.sign(REGISTER) is REGISTER

    def test_a_password_is_not_shown(self) -> None:
        assert "secret" not in repr(US)
