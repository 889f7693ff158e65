import NightjarWire

extension OutsideText {
    /// As it is shown where there are no secrets.
    package var plain: String { Redactor([])(self) }
}
