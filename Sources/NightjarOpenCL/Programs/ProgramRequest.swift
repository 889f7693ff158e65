import Glibc
import NightjarCore

/// A program to build in a child process.
struct ProgramRequest: Sendable, Hashable {
    let device: DeviceID
    /// See ``OpenCLDevice/identity``.
    let identity: [String]
    let source, options: String
    /// Where its binary is kept; `nil` keeps none.
    let directory: String?
    let keep: ProgramCache.Keeping

    init(
        _ device: OpenCLDevice, source: String, options: String, directory: String?, keep: ProgramCache.Keeping
    ) {
        self.device = device.id
        identity = device.identity
        self.source = source
        self.options = options
        self.directory = directory
        self.keep = keep
    }

    /// Builds the program, loads what was built, and keeps it.
    ///
    /// Does nothing if this process does not see the device.
    ///
    /// - Parameter mayKeep: whether the driver has done no harm so far; otherwise nothing is written.
    func build(mayKeep: () -> Bool) throws {
        guard let device = OpenCLDevice.all().devices.first(where: { $0.id == device && $0.identity == identity })
        else { return }
        DriverChild.crashAtOnce()
        let context = try Context(device)
        let binary = try Program(context, source: source, options: options).binary()
        guard mayKeep(), let files = ProgramCache.files(directory, keep) else { return }
        let key = ProgramCache.key(device, source: source, options: options)
        // An empty file says that the source is good. It stays if the driver gives no binary, or cannot load it.
        ProgramCache.write([], for: key, to: files, keep)
        guard !binary.isEmpty else { return }
        try Program(context, binary: binary, options: options, marker: nil).makeKernels()
        guard mayKeep() else { return }
        ProgramCache.write(binary, for: key, to: files, keep)
    }

    // MARK: For the child's input

    /// Its parts, each behind its length in bytes.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for part in [device.description, keep.rawValue, directory ?? "", options, source] + identity {
            let part = Array(part.utf8)
            withUnsafeBytes(of: UInt64(part.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes += part
        }
        return bytes
    }

    /// `nil` when the bytes are no request.
    init?(_ bytes: [UInt8]) {
        var parts: [String] = []
        var rest = bytes[...]
        while rest.count >= 8 {
            let length = rest.prefix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(8)
            guard length <= rest.count else { return nil }
            parts.append(String(decoding: rest.prefix(Int(length)), as: UTF8.self))
            rest = rest.dropFirst(Int(length))
        }
        guard rest.isEmpty, parts.count > 5, let device = DeviceID(parts[0]),
            let keep = ProgramCache.Keeping(rawValue: parts[1])
        else { return nil }
        self.device = device
        self.keep = keep
        directory = parts[2].isEmpty ? nil : parts[2]
        options = parts[3]
        source = parts[4]
        identity = Array(parts[5...])
    }

    /// Reads all that the descriptor gives.
    init?(readingFrom descriptor: Int32) {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &part, part.count)
            guard count != 0 else { break }
            if count > 0 { bytes += part.prefix(count) } else if errno != EINTR { return nil }
        }
        self.init(bytes)
    }
}
