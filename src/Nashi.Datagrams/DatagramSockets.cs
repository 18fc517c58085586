using Nashi.Datagrams.Linux;

namespace Nashi.Datagrams;

/// <summary>Opens the best socket that the system has.</summary>
public static class DatagramSockets
{
    /// <summary>Binds a socket.</summary>
    /// <exception cref="DatagramException">The address or port is not to be had.</exception>
    public static IDatagramSocket Bind(UdpAddress local, DatagramOptions? options = null)
    {
        options ??= DatagramOptions.Default;
        return OperatingSystem.IsLinux() && Environment.Is64BitProcess && !options.IsPortable
            ? new LinuxDatagramSocket(local, options)
            : new PortableDatagramSocket(local, options);
    }
}
