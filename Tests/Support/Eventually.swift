import Glibc

/// A wait that ended without what was waited for.
package struct WaitedInVain: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }

    fileprivate init(_ what: String, _ reason: NotYet?, _ file: StaticString, _ line: UInt) {
        description = "\(file):\(line): waited in vain for \(what)\(reason.map { ": \($0)" } ?? "")"
    }
}

/// What a condition still lacks. The body of ``eventually`` throws it in place of returning `nil`, and the last one is
/// told when the time is over.
package struct NotYet: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Asks again and again until `body` returns something.
///
/// The one way in which tests wait. The limit ends a wait that would last for ever, and decides nothing else: it is
/// far longer than what is waited for takes on a slow machine, so that no test depends on time.
///
/// - Parameters:
///   - limit: how long to wait. Shorter than the suite's time limit, so that the test says what it lacks.
///   - interval: between two questions.
///   - what: what is waited for, for the failure. It is made when the wait has failed, and may say how things stand then.
/// - Throws: ``WaitedInVain`` with the last reason; any other error of `body` than ``NotYet``, at once.
@discardableResult
package func eventually<Value: Sendable>(
    within limit: Duration = .seconds(120), every interval: Duration = .milliseconds(5),
    _ what: @autoclosure () -> String,
    isolation: isolated (any Actor)? = #isolation, file: StaticString = #fileID, line: UInt = #line,
    _ body: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + limit
    var reason: NotYet?
    repeat {
        do {
            if let value = try await body() { return value }
            reason = nil
        } catch let lack as NotYet {
            reason = lack
        }
        // The suite's time limit cancels; the sleep then returns at once.
        try? await Task.sleep(for: interval)
    } while ContinuousClock.now < end && !Task.isCancelled
    throw WaitedInVain(what(), reason, file, line)
}

/// Asks again and again until `body` is true.
package func eventually(
    within limit: Duration = .seconds(120), every interval: Duration = .milliseconds(5),
    _ what: @autoclosure () -> String,
    isolation: isolated (any Actor)? = #isolation, file: StaticString = #fileID, line: UInt = #line,
    _ body: () async throws -> Bool
) async throws {
    try await eventually(within: limit, every: interval, what(), isolation: isolation, file: file, line: line) {
        () async throws -> Bool? in try await body() ? true : nil
    }
}

/// As ``eventually``, for code that is not async: it blocks its thread.
@discardableResult
package func eventuallyBlocking<Value>(
    within limit: Duration = .seconds(120), every interval: Duration = .milliseconds(5),
    _ what: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> Value?
) throws -> Value {
    let end = ContinuousClock.now + limit
    var reason: NotYet?
    repeat {
        do {
            if let value = try body() { return value }
            reason = nil
        } catch let lack as NotYet {
            reason = lack
        }
        usleep(UInt32(interval / .microseconds(1)))
    } while ContinuousClock.now < end
    throw WaitedInVain(what(), reason, file, line)
}

/// As ``eventually``, for code that is not async: it blocks its thread.
package func eventuallyBlocking(
    within limit: Duration = .seconds(120), every interval: Duration = .milliseconds(5),
    _ what: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> Bool
) throws {
    try eventuallyBlocking(within: limit, every: interval, what(), file: file, line: line) {
        () throws -> Bool? in try body() ? true : nil
    }
}
