/// What the device says that a launch took.
package struct LaunchTime: Sendable, Hashable {
    package let kernel: String
    package let nanoseconds: UInt64
}
