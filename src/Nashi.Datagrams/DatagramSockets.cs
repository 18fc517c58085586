using Nashi.Datagrams.Linux;

namespace Nashi.Datagrams;

/// <summary>Opens the best socket that the system has.</summary>
public static class DatagramSockets
{
    private static bool HasLinux => OperatingSystem.IsLinux() && Environment.Is64BitProcess && BitConverter.IsLittleEndian;

    /// <summary>Makes something that waits for many sockets at once; null where the system has no such thing.</summary>
    public static IDatagramPoller? TryCreatePoller() => HasLinux ? LinuxDatagramPoller.TryCreate() : null;

    /// <summary>Binds a socket.</summary>
    /// <exception cref="DatagramException">The address or port is not to be had.</exception>
    public static IDatagramSocket Bind(UdpAddress local, DatagramOptions? options = null)
    {
        options ??= DatagramOptions.Default;
        if (options.IsPortable || !HasLinux) return new PortableDatagramSocket(local, options);
        try
        {
            return new LinuxDatagramSocket(local, options);
        }
        catch (Exception error) when (error is PlatformNotSupportedException or DllNotFoundException or EntryPointNotFoundException)
        {
            // A sandbox or an old kernel: slower, but it works.
            return new PortableDatagramSocket(local, options);
        }
    }
}
