/// Litecoin's proof of work.
enum ScryptCatalog {
    static let entries: [Catalog.Entry] = [
        Catalog.Entry(
            Algorithm(name: "scrypt", parameters: ScryptParameters(), blob: .bitcoin),
            aliases: ["litecoin", "ltc", "scrypt:1024", "scrypt:1024,1,1"], coins: "Litecoin, Dogecoin")
    ]
}
