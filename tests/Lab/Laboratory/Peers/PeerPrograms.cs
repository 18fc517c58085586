using Nashi.Laboratory.Kernel;

namespace Nashi.Laboratory.Peers;

/// <summary>Where the peers' programs are.</summary>
internal sealed class PeerPrograms(string? own = null)
{
    /// <summary>The project's folder.</summary>
    public static string Root { get; } = FindRoot();

    private string Own => own ?? Path.Combine(Root, "tests/Lab/peer");

    private static string Reference => Path.Combine(Root, "tests/js/lab-peer.cjs");

    /// <summary>Program and first arguments.</summary>
    public (string Program, string[] First) Of(Side side) => side == Side.Ours ? (Own, []) : ("node", [Reference]);

    /// <summary>Null when peers of this side can run here.</summary>
    public string? Missing(Side side)
    {
        if (side == Side.Ours) return File.Exists(Own) ? null : $"{Own} is not there";
        if (!Shell.Has("node")) return "Node.js is not installed";
        return Directory.Exists(Path.Combine(Root, "tests/js/node_modules/hyperdht")) ? null : "the reference packages are not installed (npm ci in tests/js)";
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "nashi.slnx"))) return folder;
        }

        throw new LabException("the project's root is not above this program");
    }
}
