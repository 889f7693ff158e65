/// How much a page shows. A page of very many results leaves out what its JSON has too, or what is there twice, so that it
/// can be sent and posted like a small one.
enum PageDetail: Sendable, Hashable, CaseIterable {
    case everything
    /// No tables of samples.
    case withoutSamples
    /// Nor the pictures' copies for small screens, where the large ones scroll instead.
    case withoutCopies

    /// Bytes that a page has fewer of, where leaving out helps.
    static let mostBytes = 500_000

    var hasSamples: Bool { self == .everything }
    var hasCopies: Bool { self != .withoutCopies }
}
