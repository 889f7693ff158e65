/// The parameters of `mining.notify` as a pool writes them, with some of them changed or taken away.
///
/// - Parameter changing: by their places: JSON, or `nil` to leave out this one and all behind it.
package func notifyParams(id: String = "\"J1\"", changing: [Int: String?] = [:]) -> String {
    var params = [
        id, "\"43424140474645444b4a49484f4e4d4c53525150575655545b5a59585f5e5d5c\"",
        // Height 100000.
        "\"02000000010000000000000000000000000000000000000000000000000000000000000000ffffffff1403a086012f\"",
        "\"2f6e696768746a61722fffffffff0100f2052a01000000015100000000\"",
        "[\"\(String(repeating: "11", count: 32))\",\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"]",
        "\"20000000\"", "\"1d00ffff\"", "\"6a1a5c2f\"", "true",
    ]
    for (place, value) in changing.sorted(by: { $0.key < $1.key }) where place < params.count {
        if let value { params[place] = value } else { params.removeSubrange(place...) }
    }
    return "[\(params.joined(separator: ","))]"
}

/// A line with `mining.notify`.
package func notify(id: String = "\"J1\"", changing: [Int: String?] = [:]) -> String {
    "{\"id\":null,\"method\":\"mining.notify\",\"params\":\(notifyParams(id: id, changing: changing))}\n"
}

/// A line with `mining.set_difficulty`.
package func setDifficulty(_ difficulty: String) -> String {
    "{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[\(difficulty)]}\n"
}

/// The answers to the three requests of a login at a Bitcoin pool.
///
/// - Parameter mask: of version rolling; `nil` refuses it.
package func bitcoinWelcome(
    mask: String? = "1fffe000",
    subscription: String = "[[[\"mining.set_difficulty\",\"1\"],[\"mining.notify\",\"1\"]],\"08000002\",4]"
) -> String {
    let rolling = mask.map {
        "{\"id\":1,\"error\":null,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"\($0)\"}}\n"
    }
    return (rolling ?? "{\"id\":1,\"error\":[20,\"Not supported.\",null],\"result\":null}\n")
        + "{\"id\":2,\"error\":null,\"result\":\(subscription)}\n{\"id\":3,\"error\":null,\"result\":true}\n"
}
