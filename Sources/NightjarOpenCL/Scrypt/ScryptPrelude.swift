extension Prelude {
    /// 32-bit words of a hash's record; see `Scrypt/Parameters.cl`.
    static let scryptRecordWords = 48

    /// Everything that the scrypt kernels need.
    package init(_ launch: ScryptLaunch) {
        self.init()
        definitions = [
            ("NJ_SCRYPT_N", "\(launch.n)"),
            ("NJ_SCRYPT_GAP", "\(launch.gap)"),
            ("NJ_SCRYPT_ITEMS", "\(launch.items)"),
            ("NJ_PAD_INTERLEAVE", "\(launch.interleave)"),
            ("NJ_GROUP_HASH", "\(launch.groupHash)"),
            ("NJ_GROUP_LOOP", "\(launch.groupLoop)"),
            ("NJ_RECORD_WORDS", "\(Self.scryptRecordWords)"),
        ]
    }
}
