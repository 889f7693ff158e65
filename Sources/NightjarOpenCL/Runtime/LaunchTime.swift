/// How long a launch took, by the device's clock.
package struct LaunchTime: Sendable, Hashable {
    package let kernel: String
    package let nanoseconds: UInt64
}
