namespace Nashi.Hyperdrive.Local;

/// <summary>A file being written: it appears under its name when committed, or not at all.</summary>
internal sealed class LocalFile(FileStream stream, string written, string path, string final) : IDisposable
{
    private bool _isCommitted;

    public void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    public void Commit()
    {
        stream.Dispose();
        if (written != final) Move();
        _isCommitted = true;
    }

    public void Dispose()
    {
        stream.Dispose();
        if (_isCommitted || written == final) return;
        File.Delete(written);
    }

    private void Move()
    {
        try
        {
            File.Move(written, final, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && Directory.Exists(final))
        {
            throw DrivePathException.Refused(path, "there is a folder of that name");
        }
    }
}
