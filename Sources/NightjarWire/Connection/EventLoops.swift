import NIOCore
import NIOPosix

/// The threads that all connections run on.
package enum EventLoops {
    /// The files that they keep open.
    package static let files = 3 * System.coreCount

    /// Begins them, so that their files are open from here on.
    @discardableResult package static func begin() -> MultiThreadedEventLoopGroup {
        let group = MultiThreadedEventLoopGroup.singleton
        _ = group.next()
        return group
    }
}
