using System.Runtime.ExceptionServices;

namespace Nashi.Laboratory.Kernel;

/// <summary>
/// One network namespace. A namespace belongs to a thread: what must happen inside (a socket, a TUN device, a child process) happens on a thread that
/// enters, does it and ends, so that no thread of the pool is ever somewhere else.
/// </summary>
internal sealed class NetSpace : IDisposable
{
    private const string Folder = "/run/netns";
    private const nuint Bind = 4096;
    private const int Detach = 2;
    private const int CloseOnExec = 0x80000;

    private NetSpace(string name) => Name = name;

    public string Name { get; }

    private string Path => $"{Folder}/{Name}";

    public static NetSpace Create(string name, bool forwards = false)
    {
        Directory.CreateDirectory(Folder);
        var space = new NetSpace(name);
        // A mount keeps the namespace alive after its first thread, under the name that iproute2 knows it by.
        File.WriteAllText(space.Path, "");
        OnThread(() =>
        {
            if (Native.Unshare(Native.NewNetwork) != 0) throw Native.Failure("a new network namespace");
            if (Native.Mount("/proc/thread-self/ns/net", space.Path, null, Bind, 0) != 0) throw Native.Failure($"mounting {space.Path}");
            SetUp(forwards);
            return 0;
        });
        return space;
    }

    public void Run(Action action) => Run(() =>
    {
        action();
        return 0;
    });

    public T Run<T>(Func<T> action) => OnThread(() =>
    {
        var file = Native.Open(Path, CloseOnExec);
        if (file < 0) throw Native.Failure($"opening {Path}");
        try
        {
            if (Native.EnterNamespace(file, Native.NewNetwork) != 0) throw Native.Failure($"entering {Name}");
        }
        finally
        {
            _ = Native.Close(file);
        }

        return action();
    });

    /// <summary>Commands of <c>ip</c>, one a line.</summary>
    public void Ip(params string[] commands) => Shell.Feed(this, "ip", ["-batch", "-"], string.Join('\n', commands) + "\n");

    public void Nft(string rules) => Shell.Feed(this, "nft", ["-f", "-"], rules + "\n");

    public string Command(string program, params string[] arguments) => Shell.Feed(this, program, arguments, "");

    /// <summary>Writes below <c>/proc/sys/net</c>, which shows the namespace of the thread that looks. What this kernel lacks is passed over.</summary>
    public void Set(params (string Key, string Value)[] settings) => Run(() => Apply(settings));

    public void Dispose() => Remove(Name);

    /// <summary>Takes the name away; the namespace goes with its last process and device.</summary>
    public static void Remove(string name)
    {
        _ = Native.Unmount($"{Folder}/{name}", Detach);
        try
        {
            File.Delete($"{Folder}/{name}");
        }
        catch (IOException)
        {
            // Somebody else has removed it.
        }
    }

    public static IEnumerable<string> Names(string prefix) =>
        Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, prefix + "*").Select(path => System.IO.Path.GetFileName(path)) : [];

    private static void SetUp(bool forwards)
    {
        List<(string, string)> settings =
        [
            // Inside the laboratory IPv4 is all there is, and a packet may come from any side.
            ("ipv6/conf/all/disable_ipv6", "1"), ("ipv6/conf/default/disable_ipv6", "1"),
            ("ipv4/conf/all/rp_filter", "0"), ("ipv4/conf/default/rp_filter", "0"), ("ipv4/icmp_ratelimit", "0"),
        ];
        if (forwards)
        {
            // A bridge is a switch here: with this on, the kernel's firewall would look at what two hosts of one LAN say to each other.
            settings.AddRange(
            [
                ("ipv4/ip_forward", "1"), ("ipv4/conf/all/send_redirects", "0"), ("ipv4/conf/default/send_redirects", "0"),
                ("bridge/bridge-nf-call-iptables", "0"),
            ]);
        }

        Apply(settings);
        Shell.FeedHere("ip", ["-batch", "-"], "link set lo up\n");
    }

    private static void Apply(IEnumerable<(string Key, string Value)> settings)
    {
        foreach (var (key, value) in settings)
        {
            try
            {
                File.WriteAllText($"/proc/sys/net/{key}", value);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Not in this kernel, or not per namespace.
            }
        }
    }

    private static T OnThread<T>(Func<T> action)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = action();
            }
            catch (Exception error)
            {
                failure = error;
            }
        })
        { IsBackground = true, Name = "namespace" };
        thread.Start();
        thread.Join();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        return result!;
    }
}
