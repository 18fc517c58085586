using Nashi.Dht.Life;

namespace Nashi.Dht;

/// <summary>A node's memory in a folder: one small text file per network, readable by its owner only, replaced as a whole.</summary>
/// <param name="folder">Where; made when missing.</param>
public sealed class FileNodeCache(string folder) : INodeCache
{
    private const int MaxFileBytes = 256 * 1024;

    /// <inheritdoc />
    public async ValueTask<NodeMemory?> LoadAsync(string network, CancellationToken cancellationToken = default)
    {
        var path = PathOf(network);
        var info = new FileInfo(path);
        if (!info.Exists || info.Length > MaxFileBytes) return null;
        return NodeMemoryText.TryParse(await File.ReadAllTextAsync(path, System.Text.Encoding.ASCII, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc />
    public async ValueTask SaveAsync(string network, NodeMemory memory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(memory);
        var path = PathOf(network);
        var draft = $"{path}.{Environment.ProcessId}.new";
        _ = Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(draft, options);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(NodeMemoryText.Format(memory)), cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    private string PathOf(string network)
    {
        ArgumentException.ThrowIfNullOrEmpty(network);
        if (!network.All(char.IsAsciiLetterOrDigit)) throw new ArgumentException("The name of a network consists of letters and digits.", nameof(network));
        return Path.Combine(folder, $"nodes-{network}.txt");
    }
}
