import Glibc

/// How many threads this process can start.
///
/// A program must not reach this limit: libdispatch, which runs Swift's tasks, waits for ever for a thread that it
/// cannot have, and the tasks that would end the program wait with it. No call tells the limit, which may be a user's,
/// a container's or the address space's. So it is tried.
package enum ThreadRoom {
    /// Threads for libdispatch, the ledger, the terminal, the log, the resolver and the engine's helpers.
    package static let helpers = 12

    /// Why this many more threads cannot run at the same time; `nil` when they can.
    package static func fault(needing count: Int) -> String? {
        let isOver = Monitor(false)
        var threads: [PinnedThread] = []
        defer {
            isOver.change { $0 = true }
            for thread in threads { thread.join() }
        }
        while threads.count < count {
            do {
                threads.append(try PinnedThread(name: "trial") { isOver.wait { $0 ? () : nil } })
            } catch {
                return "only \(threads.count) more threads can be started, and \(count) are needed: "
                    + errorText(error.code) + error.limits
            }
        }
        // What the threads allocate, and the libraries. Work has its own errors, but libdispatch's waits have none.
        let left = AddressSpace.isThere(leastAddresses)
        return left ? nil : "less than \(leastAddresses >> 20) MiB of address space are left (ulimit -v)"
    }

    private static let leastAddresses = 64 << 20
}
