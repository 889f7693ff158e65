import NightjarNode
import Testing

@Suite(.timeLimit(.minutes(5))) struct DigestAuthorizationTests {
    /// The examples of RFC 2617, section 3.5, and RFC 7616, section 3.9.1.
    @Test func examplesOfTheRFCs() throws {
        let old =
            "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
            + "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""
        let answer = DigestAuthorization(user: "Mufasa", password: "Circle Of Life")
            .answer(to: ["Basic realm=\"x\"", old], method: "GET", path: "/dir/index.html", clientNonce: "0a4f113b")
        #expect(try #require(answer).contains("response=\"6629fae49393a05397450978507c4ef1\""))
        let new =
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, "
            + "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        let newer = DigestAuthorization(user: "Mufasa", password: "Circle of Life")
            .answer(
                to: [new], method: "GET", path: "/dir/index.html",
                clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
        #expect(
            try #require(newer).contains(
                "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""))
        let login = DigestAuthorization(user: "u", password: "p")
        for text in [
            "Basic realm=\"x\"", "Digest", "Digest realm=\"x\"", "Digest realm=\"x, nonce=y",
            "Digest realm=x, nonce=y, algorithm=X",
        ] {
            #expect(login.answer(to: [text], method: "POST", path: "/", clientNonce: "0") == nil)
        }
    }
}
