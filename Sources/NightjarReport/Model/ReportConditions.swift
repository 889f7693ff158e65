/// What decides a speed beside the device: read before and after the measurement. `nil` where it could not be read;
/// ``unavailable`` says why.
package struct ReportConditions: Sendable, Hashable {
    /// Pages set aside and how transparent ones are given.
    package struct HugePages: Sendable, Hashable {
        package var twoMebibytes: Int?
        package var oneGibibyte: Int?
        /// `always`, `madvise` or `never`.
        package var transparent: String?

        package init(twoMebibytes: Int?, oneGibibyte: Int?, transparent: String?) {
            self.twoMebibytes = twoMebibytes
            self.oneGibibyte = oneGibibyte
            self.transparent = transparent
        }
    }

    /// A name and a text, in order.
    package struct Note: Sendable, Hashable {
        package var name: String
        package var text: String

        package init(_ name: String, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    package var cpu: String?
    package var cores: Int?
    package var governor: String?
    package var frequencyMHz: Double?
    /// The kind of virtual machine or container; `none` on bare metal.
    package var virtual: String?
    /// The part of the processors' time that the hypervisor gave to others.
    package var steal: Double?
    /// The load averages over a minute, before and after.
    package var load: [Double]?
    package var hugePages: HugePages?
    /// Bytes.
    package var memory: UInt64?
    package var kernel: String?
    package var microcode: String?
    /// Weaknesses of the processor that the kernel knows, and what it does about each.
    package var mitigations: [Note]?
    /// The members above that are `nil`, and why.
    package var unavailable: [Note]

    package init() { unavailable = [] }
}
