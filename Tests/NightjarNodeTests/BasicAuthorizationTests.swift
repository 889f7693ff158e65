import NightjarNode
import Testing

@Suite(.timeLimit(.minutes(1))) struct BasicAuthorizationTests {
    /// The example of RFC 7617, and the lengths of RFC 4648's examples.
    @Test(arguments: [
        ("Aladdin:open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), ("", ""), ("f", "Zg=="), ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("é:ü", "w6k6w7w="),
    ]) func logins(_ login: String, _ text: String) {
        #expect(BasicAuthorization.value(login) == "Basic " + text)
    }
}
