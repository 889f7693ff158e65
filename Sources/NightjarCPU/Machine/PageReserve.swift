import NightjarPlatform
import Synchronization

/// Huge pages that lanes leave to the verifiers of a process.
///
/// A verifier takes its pages when the first job of its run is there. Another run's lanes may have begun long before, and
/// would have taken all pages for scratchpads that make them little faster.
package final class PageReserve: Sendable {
    /// The pages of a verifier: left alone until it has them, and at most while this object lives.
    package final class Room: Sendable {
        private let reserve: PageReserve
        private let count: Locked<Int>

        fileprivate init(_ reserve: PageReserve, _ pages: Int) {
            self.reserve = reserve
            count = Locked(pages)
            reserve.held.withLock { $0 += pages }
        }

        deinit { release() }

        /// The verifier has taken its pages, or found none.
        package func release() {
            let pages = count.withLock { count in
                defer { count = 0 }
                return count
            }
            reserve.held.withLock { $0 -= pages }
        }
    }

    /// In 2 MiB pages.
    private let held = Locked(0)
    private let free: @Sendable () -> Int?
    /// Lanes take their memory one after the other: each must see what the last one left.
    private let isTaking = Monitor(false)

    /// - Parameter free: the free huge pages of 2 MiB; `nil` where there are none to set aside.
    package init(free: @escaping @Sendable () -> Int? = HugePages.free) { self.free = free }

    /// The pages that are held now.
    package var pages: Int { held.withLock { $0 } }

    /// Holds pages for a verifier.
    package func room(_ pages: Int) -> Room { Room(self, pages) }

    /// Takes memory for a lane.
    ///
    /// - Parameter body: gets the number of pages that the lane may take; `nil` where that is not known.
    package func take<T>(_ body: (_ spare: Int?) throws(MemoryError) -> T) throws(MemoryError) -> T {
        isTaking.wait { isTaking -> Void? in
            guard !isTaking else { return nil }
            isTaking = true
            return ()
        }
        defer { isTaking.change { $0 = false } }
        return try body(free().map { $0 - pages })
    }
}
