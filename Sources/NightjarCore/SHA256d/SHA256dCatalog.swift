/// Bitcoin's proof of work.
enum SHA256dCatalog {
    static let entries: [Catalog.Entry] = [
        Catalog.Entry(
            Algorithm(name: "sha256d", parameters: SHA256dParameters(), blob: .bitcoin),
            aliases: ["bitcoin", "btc", "sha256", "sha-256d", "sha256double"], coins: "Bitcoin")
    ]
}
