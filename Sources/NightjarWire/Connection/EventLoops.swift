import NIOCore
import NIOPosix

/// The threads that all connections run on.
package enum EventLoops {
    package static let threads = System.coreCount
    /// The files that they keep open.
    package static let files = 3 * threads

    /// Begins them, so that their files are open from here on.
    @discardableResult package static func begin() -> MultiThreadedEventLoopGroup {
        let group = MultiThreadedEventLoopGroup.singleton
        _ = group.next()
        return group
    }
}
