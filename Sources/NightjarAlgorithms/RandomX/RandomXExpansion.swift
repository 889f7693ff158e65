import NightjarCore

/// Exactly the parameters on which a cache and a dataset depend beside the seed. Variants with equal values share both.
package struct RandomXExpansion: Sendable, Hashable {
    package let argonSalt: [UInt8]
    package let argonIterations: Int
    package let argonLanes: Int
    package let cacheKiB: Int
    package let cacheAccesses: Int
    package let superscalarLatency: Int
    package let datasetBaseSize: UInt64
    package let datasetExtraSize: UInt64

    package init(_ parameters: RandomXParameters) {
        argonSalt = parameters.argonSalt
        argonIterations = parameters.argonIterations
        argonLanes = parameters.argonLanes
        cacheKiB = parameters.cacheKiB
        cacheAccesses = parameters.cacheAccesses
        superscalarLatency = parameters.superscalarLatency
        datasetBaseSize = parameters.datasetBaseSize
        datasetExtraSize = parameters.datasetExtraSize
    }
}
