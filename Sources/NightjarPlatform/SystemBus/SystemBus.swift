import Glibc

/// A connection to D-Bus's system bus, for reading other programs' properties.
///
/// It blocks its thread until the bus answers or ``limit`` is over. It is used by one thread at a time.
package final class SystemBus {
    private let descriptor: Int32
    /// How long one question may take.
    private let limit: Duration
    private var received: [UInt8] = []
    private var serial: UInt32 = 0

    /// Where the system bus listens. `DBUS_SYSTEM_BUS_ADDRESS` may name another socket; of its addresses, those with a path
    /// are understood.
    package static func path(environment: (String) -> String? = UserFolders.variable) -> String {
        let standard = "/run/dbus/system_bus_socket"
        guard let addresses = environment("DBUS_SYSTEM_BUS_ADDRESS") else { return standard }
        for address in addresses.split(separator: ";") where address.hasPrefix("unix:") {
            for part in address.dropFirst("unix:".count).split(separator: ",") where part.hasPrefix("path=") {
                return String(part.dropFirst("path=".count))
            }
        }
        return standard
    }

    /// Connects, and logs in as this process's user.
    package init(path: String, limit: Duration = .seconds(2)) throws(BusError) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        self.limit = limit
        guard descriptor >= 0 else { throw BusError("socket: \(errorText(errno))") }
        try connect(to: path)
        let end = ContinuousClock.now + limit
        // Without a name: the bus takes the user that the kernel tells it, which is the right one in every namespace.
        try send(Array("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".utf8), until: end)
        while true {
            let line = try line(until: end)
            if line.hasPrefix("OK") { break }
            guard line.hasPrefix("DATA") else { throw BusError("\(path) refuses this user") }
        }
        _ = try ask(Self.busCall("Hello"), until: end)
    }

    deinit { close(descriptor) }

    /// A property that is true or false.
    package func property(
        _ name: String, of interface: String, at path: String, destination: String
    ) throws(BusError) -> Bool {
        let call = BusCall(
            destination: destination, path: path, interface: "org.freedesktop.DBus.Properties", member: "Get",
            arguments: [interface, name])
        guard let value = try ask(call, until: .now + limit).property else {
            throw BusError("\(destination) answered without \(name)")
        }
        return value
    }

    private static func busCall(_ member: String) -> BusCall {
        BusCall(
            destination: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus",
            member: member)
    }

    private func connect(to path: String) throws(BusError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < room, !bytes.contains(0) else { throw BusError("\(path) is no socket's path") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw BusError("cannot connect to \(path): \(errorText(errno))") }
    }

    /// Sends a call and waits for its answer. Other messages, such as the bus's own news, are passed over.
    private func ask(_ call: BusCall, until end: ContinuousClock.Instant) throws(BusError) -> BusMessage {
        serial += 1
        try send(call.bytes(serial: serial), until: end)
        while true {
            let size = try BusMessage.size(received)
            guard let size, received.count >= size else {
                try receive(until: end)
                continue
            }
            guard let message = BusMessage(Array(received.prefix(size))) else {
                throw BusError("the bus sent a message that cannot be read")
            }
            received.removeFirst(size)
            guard message.answers == serial else { continue }
            switch message.type {
            case 2: return message
            case 3: throw BusError(message.fault)
            default: continue
            }
        }
    }

    /// A line of the login, without its end.
    private func line(until end: ContinuousClock.Instant) throws(BusError) -> String {
        while true {
            if let index = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = received[..<index]
                received.removeFirst(index + 1)
                return String(decoding: line, as: UTF8.self)
            }
            guard received.count < 1024 else { throw BusError("the bus's login cannot be read") }
            try receive(until: end)
        }
    }

    private func send(_ bytes: [UInt8], until end: ContinuousClock.Instant) throws(BusError) {
        var left = bytes[...]
        while !left.isEmpty {
            let count = left.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                left = left.dropFirst(count)
            } else if errno == EAGAIN {
                try wait(for: Int16(POLLOUT), until: end)
            } else if errno != EINTR {
                throw BusError("the bus's connection: \(errorText(errno))")
            }
        }
    }

    private func receive(until end: ContinuousClock.Instant) throws(BusError) {
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &block, block.count, 0)
            if count > 0 {
                received.append(contentsOf: block[..<count])
                return
            }
            guard count < 0 else { throw BusError("the bus has ended the connection") }
            if errno == EAGAIN {
                try wait(for: Int16(POLLIN), until: end)
            } else if errno != EINTR {
                throw BusError("the bus's connection: \(errorText(errno))")
            }
        }
    }

    private func wait(for events: Int16, until end: ContinuousClock.Instant) throws(BusError) {
        let left = end - .now
        guard left > .zero else { throw BusError("there was no answer within \(limit)") }
        var question = pollfd(fd: descriptor, events: events, revents: 0)
        // One more, so that it does not wake a moment too early. An interrupted wait comes back here.
        _ = poll(&question, 1, Int32(left / .milliseconds(1)) + 1)
    }
}
