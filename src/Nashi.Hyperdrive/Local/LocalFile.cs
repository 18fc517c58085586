namespace Nashi.Hyperdrive.Local;

/// <summary>A file being written: it appears under its name when committed, or not at all.</summary>
internal sealed class LocalFile(FileStream stream, string written, string final) : IDisposable
{
    private bool _isCommitted;

    public void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    public void Commit()
    {
        stream.Dispose();
        if (written != final) File.Move(written, final, overwrite: true);
        _isCommitted = true;
    }

    public void Dispose()
    {
        stream.Dispose();
        if (_isCommitted || written == final) return;
        File.Delete(written);
    }
}
