import CNightjar
import NightjarCore
import NightjarDevices

@c @implementation package func nj_engine_create(
    _ engine: UnsafeMutablePointer<OpaquePointer?>!, _ options: UnsafePointer<nj_options>!
) -> Int32 {
    status { () throws(NightjarError) in
        let engine = try NightjarError.required(engine)
        var chosen = EngineObject.Options()
        if let options {
            let options = try Structures.read(options)
            guard [options.huge_pages, options.jit, options.opencl].allSatisfy({ (-1...1).contains($0) }),
                options.threads >= 0, options.threads <= 4096
            else { throw .badArgument }
            chosen.threads = options.threads == 0 ? nil : options.threads
            chosen.memoryLimit = options.memory_limit == 0 ? nil : options.memory_limit
            chosen.hugePages = options.huge_pages >= 0
            chosen.compiles = options.jit >= 0
            chosen.openCL = options.opencl < 0 ? .never : options.opencl > 0 ? .atOnce : .whenAsked
        }
        engine.pointee = Objects.pointer(try EngineObject(chosen))
    }
}

@c @implementation package func nj_engine_destroy(_ engine: OpaquePointer!) -> Int32 {
    status { () throws(NightjarError) in
        guard let engine else { return }
        let object: EngineObject = try Objects.object(engine)
        guard !object.isInUse else { throw .busy("hashers or searches live") }
        object.close()
        Objects.free(engine, as: EngineObject.self)
    }
}

@c @implementation package func nj_device_count(_ engine: OpaquePointer!) -> Int {
    (try? Objects.object(engine, as: EngineObject.self).devices.count) ?? 0
}

@c @implementation package func nj_device_info(
    _ engine: OpaquePointer!, _ device: UnsafeMutablePointer<nj_device>!, _ index: Int
) -> Int32 {
    status { () throws(NightjarError) in
        let devices = try Objects.object(engine, as: EngineObject.self).devices
        let device = try NightjarError.required(device)
        guard devices.indices.contains(index) else { throw .badArgument }
        let found = devices[index]
        var structure = nj_device()
        Structures.fill(&structure.id, with: found.id.description)
        Structures.fill(&structure.name, with: found.name)
        structure.kind = found.kind.cValue
        structure.units = UInt32(clamping: found.computeUnits)
        structure.memory = found.memory
        try Structures.write(structure, to: device)
    }
}

extension Device.Kind {
    /// The same kind in the header.
    fileprivate var cValue: Int32 {
        switch self {
        case .cpu: Int32(NJ_DEVICE_CPU)
        case .gpu: Int32(NJ_DEVICE_GPU)
        case .accelerator: Int32(NJ_DEVICE_ACCELERATOR)
        }
    }
}
