extension Prelude {
    /// Everything that the SHA-256d kernels need.
    package init(_ launch: SHA256dLaunch) {
        self.init()
        definitions = [
            ("NJ_SHA256D_WIDTH", "\(launch.width)"),
            ("NJ_SHA256D_UNROLL", launch.unrolls ? "1" : "0"),
            ("NJ_SHA256D_MULTIPLY", launch.multiplies ? "1" : "0"),
            ("NJ_GROUP_HASH", "\(launch.groupHash)"),
        ]
    }
}
