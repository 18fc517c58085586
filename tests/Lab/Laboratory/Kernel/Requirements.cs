namespace Nashi.Laboratory.Kernel;

/// <summary>Whether this machine can be a laboratory, and if not, why in one sentence.</summary>
internal static class Requirements
{
    private static readonly Lazy<string?> Found = new(Look);

    /// <summary>Null when everything needed is there.</summary>
    public static string? Missing => Found.Value;

    private static string? Look()
    {
        if (!OperatingSystem.IsLinux()) return "not Linux: network namespaces are a thing of its kernel";
        if (Native.EffectiveUser() != 0) return "not root: network namespaces, routers and TUN devices need it";
        foreach (var program in (string[])["ip", "nft", "conntrack", "bridge"])
        {
            if (!Shell.Has(program)) return $"'{program}' is not installed (packages iproute2, nftables, conntrack)";
        }

        return Try();
    }

    // The rights of a container show only when used.
    private static string? Try()
    {
        var name = $"{Naming.Prefix}{Environment.ProcessId}-try";
        try
        {
            using var space = NetSpace.Create(name, forwards: true);
            using var tun = Tun.Open(space, "try");
            space.Ip("link add name lan type bridge", "link add name a type veth peer name b");
            space.Nft("table ip t {\n chain c { type nat hook postrouting priority srcnat; masquerade fully-random\n }\n}");
            return null;
        }
        catch (Exception error) when (error is LabException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            NetSpace.Remove(name);
            return $"no namespaces here: {error.Message.ReplaceLineEndings(" ")}";
        }
    }
}
