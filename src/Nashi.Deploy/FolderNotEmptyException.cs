namespace Nashi.Deploy;

/// <summary>A folder that was to be written has other files in it.</summary>
public sealed class FolderNotEmptyException(string message) : NashiException("ERR_DIR_NONEMPTY", message);
