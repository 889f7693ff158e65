/// How long a device has been set up, and how long it has worked. Pauses, outages and waits for a job are neither.
struct WorkTime {
    /// From the order to prepare until the device is ready.
    var isPreparing = false
    /// It has passed its known answers, and not failed since.
    private(set) var isReady = false
    private(set) var setUp: Duration = .zero
    private(set) var work: Duration = .zero

    /// Its preparation has ended, or it has failed.
    mutating func prepared(isReady: Bool) { (isPreparing, self.isReady) = (false, isReady) }

    /// Lets time pass.
    ///
    /// - Parameters:
    ///   - isFilling: whether it fills a dataset.
    ///   - mayWork: whether it has work and no reason to rest.
    mutating func pass(_ time: Duration, isFilling: Bool, mayWork: Bool) {
        if isPreparing || isReady && isFilling {
            setUp += time
        } else if isReady, mayWork {
            work += time
        }
    }
}
