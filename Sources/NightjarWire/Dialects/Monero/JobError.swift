/// Why one job cannot be worked on. The old job goes on.
package struct JobError: Error, Hashable, CustomStringConvertible {
    package let job: String?
    package let reason: String

    package var description: String {
        if let job { "job \(printable(job)): \(reason)" } else { "job: \(reason)" }
    }
}
