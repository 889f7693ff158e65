/// What the slots of a lane's next batch are.
enum BatchContents {
    /// The nonces of one input; without a place for a nonce, the input is hashed once.
    case work(hasNonce: Bool)
    /// Inputs, as many as are on the device.
    case inputs(Int)

    /// Whether a batch may have these nonces. Inputs are numbered from 0.
    func allows(_ nonces: Range<UInt64>) -> Bool {
        switch self {
        case .work(let hasNonce): hasNonce || nonces == 0..<1
        case .inputs(let count): nonces == 0..<UInt64(count)
        }
    }
}
